// Makes batches durable, one at a time: on the thread "sf-commit", or on the caller's when that saves two
// changes of threads.
#pragma once

#include "runtime/health_board.hpp"
#include "runtime/input_queue.hpp"

#include <sagaflow/store.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace sagaflow::runtime {

class committer {
  public:
    committer(std::shared_ptr<store> to, std::shared_ptr<input_queue> reports,
              std::shared_ptr<health_board> health);
    ~committer() { stop(); }
    committer(const committer&) = delete;
    committer& operator=(const committer&) = delete;

    void start();
    // Returns when no commit runs any more; one that is being tried again is given up.
    void stop();

    // True: durable. False: it failed; what follows is done and reported as with commit().
    bool commit_here(const std::shared_ptr<const batch>& b);
    // Reports commit_durable, commit_delayed or store_lost.
    void commit(std::shared_ptr<const batch> b);

    double seconds() const noexcept { return static_cast<double>(nanoseconds_.load()) * 1e-9; }
    std::uint64_t commits() const noexcept { return commits_.load(); }

  private:
    enum class result : std::uint8_t { durable, again, lost };

    void run();
    void commit_until_durable(const std::shared_ptr<const batch>& b, bool failed_once);
    result attempt(const batch& b);
    void hand_over(std::shared_ptr<const batch> b, bool failed_once);

    std::shared_ptr<store> store_;
    std::shared_ptr<input_queue> reports_;
    std::shared_ptr<health_board> health_;
    std::atomic<std::uint64_t> nanoseconds_ = 0; // in successful commits
    std::atomic<std::uint64_t> commits_ = 0;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::shared_ptr<const batch> next_;
    bool next_failed_once_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace sagaflow::runtime
