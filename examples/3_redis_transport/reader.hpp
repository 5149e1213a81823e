// Reads one group of one address for its consumers on this connection: one thread that talks to Redis, and
// one for each handler, so a handler that blocks keeps nothing else from being read, acknowledged and
// renewed.
#pragma once

#include "group.hpp"
#include "health.hpp"

#include <atomic>
#include <future>
#include <thread>

namespace redis {

class reader {
  public:
    reader(const options& o, std::shared_ptr<const sagaflow::wire::envelope> by, health& told,
           sagaflow::subscription what);
    ~reader(); // leaves, waits for the handlers
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    // Returns when Redis let it in, or is away: then it goes on trying. Throws sagaflow::error(in_use).
    void wait_until_let_in() { let_in_.get_future().get(); }
    // False if it is leaving.
    bool join(const sagaflow::subscription& what, sagaflow::delivery_handler handler);
    void leave();
    // While it leaves: returns when the address may have another owner.
    void wait_until_released() { free_.wait(); }

    const sagaflow::subscription& what() const noexcept { return what_; }
    bool leaving() const { return group_->leaving(); }
    bool finished() const noexcept { return finished_; }

  private:
    using clock = group::clock;

    void run();
    void connect();
    void interrupt();
    void let_in(std::exception_ptr refused = nullptr);
    // Each a part of a conversation with Redis; throws connection_lost and command_failed.
    void claim();
    void arrive();
    void read_history();
    void read();
    void take_over();
    void renew();
    void acknowledge();
    void say_goodbye();

    redis::reply eval(const char* script, const std::string& key, const command& arguments);
    void push(const redisReply& list);

    const options options_;
    const std::shared_ptr<const sagaflow::wire::envelope> envelope_;
    health& health_;
    const sagaflow::subscription what_;
    const std::string part_; // of the health
    const std::string name_; // of the consumer in Redis: nobody else's
    const std::string owner_key_, alive_key_prefix_;
    const std::shared_ptr<group> group_ = std::make_shared<group>();

    std::promise<void> let_in_, released_;
    const std::shared_future<void> free_ = released_.get_future().share();
    bool answered_ = false; // let_in_
    clock::time_point next_renewal_ = {};
    std::mutex mutex_;                       // of the three below
    std::shared_ptr<connection> connection_; // changed by thread_ alone
    bool goodbye_ = false;                   // is being said: not to be interrupted
    std::vector<std::thread> members_;
    std::atomic<bool> finished_{false};
    std::thread thread_;
};

} // namespace redis
