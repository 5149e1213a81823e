#include "runtime/committer.hpp"

#include "runtime/backoff.hpp"
#include "runtime/named_thread.hpp"
#include "runtime/store_failure.hpp"

#include <chrono>
#include <utility>

namespace sagaflow::runtime {

committer::committer(std::shared_ptr<store> to, std::shared_ptr<input_queue> reports,
                     std::shared_ptr<health_board> health)
    : store_(std::move(to)), reports_(std::move(reports)), health_(std::move(health)) {}

void committer::start() {
    thread_ = named_thread("sf-commit", [this] { run(); });
}

void committer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool committer::commit_here(const std::shared_ptr<const batch>& b) {
    const auto r = attempt(*b);
    if (r == result::again) hand_over(b, true);
    return r == result::durable;
}

void committer::commit(std::shared_ptr<const batch> b) {
    hand_over(std::move(b), false);
}

void committer::hand_over(std::shared_ptr<const batch> b, bool failed_once) {
    {
        const std::lock_guard lock(mutex_);
        next_ = std::move(b);
        next_failed_once_ = failed_once;
    }
    wake_.notify_one();
}

void committer::run() {
    for (;;) {
        std::shared_ptr<const batch> b;
        bool failed_once = false;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return stopping_ || next_; });
            if (stopping_) return;
            b = std::exchange(next_, nullptr);
            failed_once = next_failed_once_;
        }
        commit_until_durable(b, failed_once);
    }
}

void committer::commit_until_durable(const std::shared_ptr<const batch>& b, bool failed_once) {
    backoff delay;
    for (bool wait = failed_once;; wait = true) {
        if (wait) {
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, delay.next(), [&] { return stopping_; })) return;
        }
        const auto r = attempt(*b);
        if (r == result::durable) reports_->push(commit_durable{b->number});
        if (r != result::again) return;
    }
}

committer::result committer::attempt(const batch& b) {
    const auto began = std::chrono::steady_clock::now();
    try {
        store_->commit(b);
    } catch (...) {
        const auto failed = judge(std::current_exception());
        if (failed.transient) {
            health_->store_trouble(store_use::commits, failed.why.message);
            reports_->push(commit_delayed{failed.why.message});
            return result::again;
        }
        reports_->push(store_lost{failed.why});
        return result::lost;
    }
    const auto took = std::chrono::steady_clock::now() - began;
    nanoseconds_ += static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count());
    ++commits_;
    health_->store_well(store_use::commits);
    return result::durable;
}

} // namespace sagaflow::runtime
