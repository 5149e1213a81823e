#include "runtime/callback_loop.hpp"

#include "runtime/named_thread.hpp"

#include <exception>
#include <utility>

namespace sagaflow::runtime {

void callback_loop::start() {
    thread_ = named_thread("sf-callback", [this] { run(); });
}

bool callback_loop::post(std::function<void()> job) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (finishing_) return false;
        wake = waiting_.empty();
        waiting_.push_back(std::move(job));
    }
    if (wake) wake_.notify_one();
    return true;
}

void callback_loop::finish() {
    {
        const std::lock_guard lock(mutex_);
        finishing_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

std::size_t callback_loop::size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void callback_loop::run() {
    id_ = std::this_thread::get_id();
    std::vector<std::function<void()>> jobs;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return finishing_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            jobs.swap(waiting_);
        }
        for (auto& job : jobs) {
            call(job);
            job = nullptr;
        }
        jobs.clear();
    }
}

void callback_loop::call(const std::function<void()>& user) const noexcept {
    try {
        user();
    } catch (const std::exception& e) {
        log(log_.get(), log_level::error, "a callback of the program threw", {{"error", e.what()}});
    } catch (...) {
        log(log_.get(), log_level::error, "a callback of the program threw something that is no exception");
    }
}

} // namespace sagaflow::runtime
