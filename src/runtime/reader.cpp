#include "runtime/reader.hpp"

#include "runtime/named_thread.hpp"
#include "runtime/store_failure.hpp"

#include <utility>

namespace sagaflow::runtime {

namespace {

input carry_out(store& from, const core::store_read& what) {
    if (what.kind == core::store_read::what::load) return rows_loaded{what.ticket, from.load(what.ids)};
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
            wake_.wait(lock, [&] { return stopping_ || !reads_.empty() || !histories_.empty(); });
            if (stopping_) return;
            if (!reads_.empty()) {
                read = std::move(reads_.front());
                reads_.pop_front();
            } else {
                history = std::move(histories_.front());
                histories_.pop_front();
            }
        }
        if (read)
            read_until_done(*read);
        else
            history();
    }
}

void reader::read_until_done(const core::store_read& what) {
    for (backoff delay;;) {
        try {
            reports_->push(carry_out(*store_, what));
            health_->store_well(store_use::reads);
            return;
        } catch (...) {
            const auto failed = judge(std::current_exception());
            if (!failed.transient) {
                reports_->push(store_lost{failed.why});
                return;
            }
            health_->store_trouble(store_use::reads, failed.why.message);
        }
        std::unique_lock lock(mutex_);
        if (wake_.wait_for(lock, delay.next(), [&] { return stopping_; })) return;
    }
}

} // namespace sagaflow::runtime
