// Who watches which saga. Hands every durable event to those who do.
#pragma once

#include "runtime/feed.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace sagaflow::runtime {

class watch_hub {
  public:
    explicit watch_hub(std::size_t bound) : bound_(bound) {}

    // Any thread. None: it takes part. Else it does not: too many, or the engine does not run.
    std::optional<failure> add(const std::shared_ptr<feed>& f);
    void remove(feed& f);

    // The shard's thread: durable events, in order.
    void notify(std::span<const event_ptr> events);

    // Ends all of them, and refuses further ones for this reason.
    void close(const failure& why);

    std::size_t size() const noexcept { return count_.load(std::memory_order_relaxed); }

  private:
    using feed_list = std::vector<std::shared_ptr<feed>>;

    const std::size_t bound_;
    std::atomic<std::size_t> count_ = 0;
    std::mutex mutex_;
    std::unordered_map<std::string, feed_list> by_id_;
    std::optional<failure> closed_;
};

} // namespace sagaflow::runtime
