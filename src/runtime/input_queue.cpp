#include "runtime/input_queue.hpp"

#include <utility>

namespace sagaflow::runtime {

bool input_queue::push(input&& in) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        waiting_.push_back(std::move(in));
        size_.store(waiting_.size(), std::memory_order_relaxed);
        wake = std::exchange(asleep_, false);
    }
    if (wake) wake_.notify_one();
    return true;
}

bool input_queue::take(std::vector<input>& into, std::optional<std::chrono::steady_clock::time_point> until) {
    into.clear();
    std::unique_lock lock(mutex_);
    const auto ready = [&] { return closed_ || !waiting_.empty(); };
    asleep_ = !ready();
    if (until)
        wake_.wait_until(lock, *until, ready);
    else
        wake_.wait(lock, ready);
    asleep_ = false;
    into.swap(waiting_);
    size_.store(0, std::memory_order_relaxed);
    return !closed_;
}

void input_queue::close() {
    std::vector<input> dropped; // destroyed outside the mutex: deliveries may hold a transport's parts
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        asleep_ = false;
        dropped.swap(waiting_);
        size_.store(0, std::memory_order_relaxed);
    }
    wake_.notify_all();
}

} // namespace sagaflow::runtime
