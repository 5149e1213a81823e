// Publishes: whatever was handed in while one flight of messages was on its way makes the next one. A flight
// is sent as one write and shares one fsync of the server.
#pragma once

#include "connection.hpp"
#include "health.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace redis {

class publisher {
  public:
    publisher(const options& o, std::shared_ptr<const sagaflow::wire::envelope> by, health& told);
    ~publisher();
    publisher(const publisher&) = delete;
    publisher& operator=(const publisher&) = delete;

    // Connects; returns when it did, or could not for now.
    void start();
    void publish(const std::vector<sagaflow::message>& batch, sagaflow::publish_handler done);
    // Reports what is outstanding as failed, at once.
    void close();

  private:
    using verdict = sagaflow::published::verdict;
    struct item {
        std::shared_ptr<const sagaflow::publish_handler> done;
        std::size_t index = 0; // in its batch
        command xadd;
    };
    using flight = std::vector<item>;

    void run();
    bool connect();
    void lost(const std::string& why);
    bool wait_for_work();
    void send();
    static void report(const flight& f, std::vector<sagaflow::published> verdicts, const std::string& rest);

    const options options_;
    const std::shared_ptr<const sagaflow::wire::envelope> envelope_;
    health& health_;
    const int wake_; // an eventfd: there is something in queued_

    std::mutex mutex_; // of all below
    std::condition_variable changed_;
    bool tried_ = false; // to connect
    bool closed_ = false;
    std::shared_ptr<flight> queued_ = std::make_shared<flight>();
    std::shared_ptr<flight> flying_;         // whoever takes it away reports it
    std::shared_ptr<connection> connection_; // changed by the thread alone
    std::thread thread_;
};

} // namespace redis
