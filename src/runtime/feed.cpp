#include "runtime/feed.hpp"

#include "runtime/store_failure.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::runtime {

namespace {
constexpr std::size_t page_size = 256;
}

feed::next feed::next_action() const noexcept {
    if (waiting() > 0) return next::deliver;
    if (stage_ == stage::ended) return next::ended;
    return stage_ == stage::live ? next::wait : next::read;
}

std::vector<event_ptr> feed::take_ready() {
    taken_ = 0;
    return std::exchange(ready_, {});
}

event_ptr feed::take_one() {
    auto e = std::move(ready_[taken_++]);
    if (taken_ == ready_.size()) {
        take_ready();
    } else if (taken_ >= page_size) { // it is never empty: give the space in front back
        ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(taken_));
        taken_ = 0;
    }
    return e;
}

void feed::add(const event_ptr& e) {
    last_ = e->seq;
    ready_.push_back(e);
    if (e->is_terminal()) end_with(std::nullopt);
}

void feed::end_with(std::optional<failure> why) {
    stage_ = stage::ended;
    why_ = std::move(why);
    early_ = {};
}

void feed::offer(const event_ptr& e) {
    const std::lock_guard lock(mutex_);
    if (stage_ == stage::ended) return;
    if (stage_ != stage::live) {
        if (early_.size() < backlog_)
            early_.push_back(e);
        else
            missed_early_ = true;
        return;
    }
    if (e->birth != birth_ || e->seq <= last_) return;
    if (waiting() >= backlog_) {
        end_with(failure{errc::overloaded, "the watcher of saga '" + id_ +
                                               "' took its events too slowly: watch " +
                                               "again after the last one it has"});
    } else {
        add(e);
    }
    changed();
}

void feed::end(failure why) {
    const std::lock_guard lock(mutex_);
    if (stage_ == stage::ended) return;
    end_with(std::move(why));
    changed();
}

void feed::read_history(store& from) {
    std::unique_lock lock(mutex_);
    const auto at = stage_;
    const auto after = last_;
    lock.unlock();
    try {
        if (at == stage::opening) open(from);
        if (at == stage::history) read_page(from, after);
    } catch (...) {
        const auto why = judge(std::current_exception()).why;
        end({errc::unavailable, "the events of saga '" + id_ + "' can't be read now: " + why.message +
                                    "; watch it again later"});
    }
}

void feed::open(store& from) {
    const auto row = std::move(from.load({&id_, 1}).at(0));
    const std::lock_guard lock(mutex_);
    if (stage_ != stage::opening) return;
    if (!row || (birth_ != 0 && row->birth != birth_)) {
        end_with(failure{errc::not_found, "there is no saga '" + id_ + "': it was never started, or purged"});
        return;
    }
    if (birth_ == 0 && last_ > row->last_event) last_ = 0;
    birth_ = row->birth;
    finished_at_open_ = is_finished(row->state);
    stage_ = stage::history;
}

void feed::read_page(store& from, std::uint64_t after) {
    const auto limit = std::min(page_size, backlog_);
    auto page = from.events(after, birth_, limit);
    const std::lock_guard lock(mutex_);
    for (auto& e : page) {
        if (stage_ == stage::ended) return;
        add(std::make_shared<const event>(std::move(e)));
    }
    if (stage_ == stage::history && page.size() < limit) go_live();
}

void feed::go_live() {
    if (finished_at_open_) return end_with(std::nullopt);
    if (std::exchange(missed_early_, false)) {
        stage_ = stage::opening;
        early_.clear();
        return;
    }
    stage_ = stage::live;
    for (const auto& e : std::exchange(early_, {})) {
        if (stage_ == stage::ended) return;
        if (e->birth == birth_ && e->seq > last_) add(e);
    }
}

} // namespace sagaflow::runtime
