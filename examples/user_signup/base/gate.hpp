// A gate: what comes before it is open waits for it.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace signup {

// Any thread.
class gate {
  public:
    using passenger = std::function<void()>;

    // Calls those that wait, in the order in which they came.
    void open() {
        std::vector<passenger> waiting;
        {
            const std::lock_guard lock(mutex_);
            open_ = true;
            waiting.swap(waiting_);
        }
        for (const auto& p : waiting) p();
    }

    // Calls it at once if the gate is open, else when it opens, on the thread that opens it.
    void pass(passenger p) {
        {
            const std::lock_guard lock(mutex_);
            if (!open_) {
                waiting_.push_back(std::move(p));
                return;
            }
        }
        p();
    }

  private:
    std::mutex mutex_;
    bool open_ = false;
    std::vector<passenger> waiting_;
};

} // namespace signup
