// The thread "sf-read": reads the store for the shard, and history for watchers.
#pragma once

#include "core/effects.hpp"
#include "runtime/backoff.hpp"
#include "runtime/health_board.hpp"
#include "runtime/input_queue.hpp"

#include <sagaflow/store.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace sagaflow::runtime {

class reader {
  public:
    reader(std::shared_ptr<store> from, std::shared_ptr<input_queue> reports,
           std::shared_ptr<health_board> health);
    ~reader() { stop(); }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;

    void start();
    // Drops what the shard asked for; runs the histories that wait: their feeds have ended by then.
    void stop();

    // Reads on the calling thread. None: it failed; what follows is done and reported as with read().
    std::optional<input> read_here(const core::store_read& what);
    // Reports rows_loaded, page_listed, events_read or store_lost.
    void read(core::store_read what);
    // After the shard's reads. The job must not throw.
    void read_history(std::function<void()> job);

    std::size_t size() const;

  private:
    using clock = std::chrono::steady_clock;

    void run();
    std::function<void()> next_history();
    void wait(std::unique_lock<std::mutex>& lock);
    bool read_is_due() const;
    void attempt(core::store_read what);

    std::shared_ptr<store> store_;
    std::shared_ptr<input_queue> reports_;
    std::shared_ptr<health_board> health_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<core::store_read> reads_;
    std::deque<std::function<void()>> histories_;
    clock::time_point not_before_{}; // of the reads: the last one failed; history is read meanwhile
    backoff delay_;                  // "sf-read" only
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace sagaflow::runtime
