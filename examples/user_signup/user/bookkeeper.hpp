// bookkeeper: what the user service does beside its requests. It sees starts through, keeps what each request
// ended with, forgets old ones, and tries whether a database that failed works again.
#pragma once

#include <sagaflow/engine.hpp>
#include <sagaflow/log.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace signup {

class database;
class starter;
struct request;

struct bookkeeper_parts {
    database& users;
    sagaflow::engine& engine;
    starter& start;
    sagaflow::log_sink* log;
};

// A thread of its own, "signup-books", from start() to stop().
class bookkeeper {
  public:
    bookkeeper(const bookkeeper_parts& with, std::chrono::seconds retention);
    ~bookkeeper();
    bookkeeper(const bookkeeper&) = delete;
    bookkeeper& operator=(const bookkeeper&) = delete;

    void start();
    void stop(); // idempotent
    void wake(); // any thread

  private:
    void run();
    void tick();
    void probe();
    void look_through_open_requests();
    bool has_ended(request& r);

    bookkeeper_parts with_;
    std::chrono::seconds retention_;
    std::string looked_at_; // where the next look goes on
    bool troubled_ = false;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace signup
