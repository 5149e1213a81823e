#include "runtime/reader.hpp"

#include "runtime/named_thread.hpp"
#include "runtime/store_failure.hpp"

#include <utility>

namespace sagaflow::runtime {

namespace {

input carry_out(store& from, const core::store_read& what) {
    if (what.kind == core::store_read::what::load) return rows_loaded{what.ticket, from.load(what.ids)};
    if (what.kind == core::store_read::what::events)
        return events_read{what.ticket, from.events(what.after, std::nullopt, what.filter.limit)};
    return page_listed{what.ticket, from.list(what.filter, what.after)};
}

} // namespace

reader::reader(std::shared_ptr<store> from, std::shared_ptr<input_queue> reports,
               std::shared_ptr<health_board> health)
    : store_(std::move(from)), reports_(std::move(reports)), health_(std::move(health)) {}

void reader::start() {
    thread_ = named_thread("sf-read", [this] { run(); });
}

void reader::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (!thread_.joinable()) return;
    thread_.join();
    while (const auto history = next_history()) history();
}

std::function<void()> reader::next_history() {
    const std::lock_guard lock(mutex_);
    if (histories_.empty()) return nullptr;
    auto history = std::move(histories_.front());
    histories_.pop_front();
    return history;
}

std::optional<input> reader::read_here(const core::store_read& what) {
    try {
        return carry_out(*store_, what);
    } catch (...) {
        read(what); // it will say what is wrong
        return std::nullopt;
    }
}

void reader::read(core::store_read what) {
    {
        const std::lock_guard lock(mutex_);
        reads_.push_back(std::move(what));
    }
    wake_.notify_one();
}

void reader::read_history(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        histories_.push_back(std::move(job));
    }
    wake_.notify_one();
}

std::size_t reader::size() const {
    const std::lock_guard lock(mutex_);
    return reads_.size() + histories_.size();
}

void reader::run() {
    for (;;) {
        std::optional<core::store_read> read;
        std::function<void()> history;
        {
            std::unique_lock lock(mutex_);
            wait(lock);
            if (stopping_) return;
            if (read_is_due()) {
                read = std::move(reads_.front());
                reads_.pop_front();
            } else if (!histories_.empty()) {
                history = std::move(histories_.front());
                histories_.pop_front();
            }
        }
        if (read) attempt(std::move(*read));
        if (history) history();
    }
}

bool reader::read_is_due() const {
    return !reads_.empty() && clock::now() >= not_before_;
}

void reader::wait(std::unique_lock<std::mutex>& lock) {
    const auto ready = [&] { return stopping_ || read_is_due() || !histories_.empty(); };
    while (!ready()) {
        if (reads_.empty())
            wake_.wait(lock);
        else
            wake_.wait_until(lock, not_before_);
    }
}

void reader::attempt(core::store_read what) {
    try {
        reports_->push(carry_out(*store_, what));
        health_->store_well(store_use::reads);
        delay_.reset();
    } catch (...) {
        const auto failed = judge(std::current_exception());
        if (!failed.transient) {
            reports_->push(store_lost{failed.why});
            return;
        }
        health_->store_trouble(store_use::reads, failed.why.message);
        const std::lock_guard lock(mutex_);
        reads_.push_front(std::move(what));
        not_before_ = clock::now() + delay_.next();
    }
}

} // namespace sagaflow::runtime
