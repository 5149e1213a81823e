// The one way to the shard's thread. Whoever holds it may push, also when the engine is gone.
// Bounded by those who push: callers by their table, deliveries by the prefetch, reports by the publish
// window, everything else is one of a kind.
#pragma once

#include "runtime/input.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace sagaflow::runtime {

class input_queue {
  public:
    // Any thread. False: it is closed, nothing was taken.
    bool push(input&& in);

    // Swaps out what is there; waits for it, at most until `until`. False: it is closed.
    bool take(std::vector<input>& into, std::optional<std::chrono::steady_clock::time_point> until);

    // What is still in it is thrown away.
    void close();

    std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<input> waiting_;
    std::atomic<std::size_t> size_ = 0; // of waiting_, to be read without the mutex
    bool asleep_ = false;
    bool closed_ = false;
};

} // namespace sagaflow::runtime
