// A watcher that is called: its history is read on "sf-read", its callbacks run on "sf-callback".
#pragma once

#include "runtime/callback_loop.hpp"
#include "runtime/feed.hpp"
#include "runtime/reader.hpp"

#include <atomic>
#include <memory>

namespace sagaflow::runtime {

class push_feed final : public feed, public std::enable_shared_from_this<push_feed> {
  public:
    struct parts {
        std::shared_ptr<store> from;
        std::shared_ptr<callback_loop> callbacks;
        std::shared_ptr<reader> history;
    };

    push_feed(std::string id, std::uint64_t after, std::size_t backlog, parts with, event_handler on_events,
              end_handler on_end);

    // Once it takes part in the live events.
    void start();
    // No call begins after it; waits for one that runs, unless that is the caller.
    void cancel();

  private:
    void changed() override;
    void read();
    void run();
    void deliver(std::unique_lock<std::mutex>& lock, const std::vector<event_ptr>& events);
    void tell_end(std::unique_lock<std::mutex>& lock);
    void call(std::unique_lock<std::mutex>& lock, const std::function<void()>& user);
    void go_on();

    const parts with_;
    event_handler on_events_;
    end_handler on_end_;
    bool busy_ = false;      // a run or a read is on its way
    bool told_live_ = false; // that history is delivered: an empty batch, once
    bool cancelled_ = false;
    std::atomic<bool> calling_ = false;
};

} // namespace sagaflow::runtime
