#include "support/gated_store.hpp"

#include <utility>

namespace sagaflow::test {

void gated_store::hold_commits_over(std::size_t starts) {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    passes_ = starts;
    changed_.notify_all();
}

void gated_store::close_gate() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    passes_ = 0;
}

void gated_store::open_gate() {
    const std::lock_guard lock(mutex_);
    closed_ = false;
    changed_.notify_all();
}

void gated_store::wait_for_commit() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ > 0; });
}

void gated_store::fail_commits(std::optional<store_error> with) {
    const std::lock_guard lock(mutex_);
    commit_failure_ = std::move(with);
}

void gated_store::fail_reads(std::optional<store_error> with) {
    const std::lock_guard lock(mutex_);
    read_failure_ = std::move(with);
}

void gated_store::wait_for_failures(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failures_ >= count; });
}

std::vector<batch> gated_store::batches() const {
    const std::lock_guard lock(mutex_);
    return batches_;
}

void gated_store::wait_for_definitions(std::size_t count) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return definitions_ >= count; });
}

void gated_store::fail_if_told(std::optional<store_error>& with) {
    const std::lock_guard lock(mutex_);
    if (!with) return;
    ++failures_;
    changed_.notify_all();
    throw store_error(with->which(), with->code(),
                      with->what()); // a copy would share its text with another thread
}

ownership gated_store::claim(std::uint32_t shard, const std::string& owner) {
    return real_->claim(shard, owner);
}

void gated_store::commit(const batch& b) {
    fail_if_told(commit_failure_);
    {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return !closed_ || (passes_ > 0 && b.started.size() <= passes_); });
        --waiting_;
    }
    real_->commit(b);
    const std::lock_guard lock(mutex_);
    batches_.push_back(b);
    definitions_ += b.definitions.size();
    changed_.notify_all();
}

std::vector<std::optional<saga_row>> gated_store::load(std::span<const std::string> ids) {
    fail_if_told(read_failure_);
    return real_->load(ids);
}

saga_page gated_store::list(const saga_filter& filter, std::uint64_t after) {
    fail_if_told(read_failure_);
    return real_->list(filter, after);
}

std::vector<event> gated_store::events(std::uint64_t after, std::optional<std::uint64_t> birth,
                                       std::size_t limit) {
    fail_if_told(read_failure_);
    return real_->events(after, birth, limit);
}

} // namespace sagaflow::test
