#include "core/timer_heap.hpp"

namespace sagaflow::core {

void timer_heap::place(std::size_t at, entry e) {
    entries_[at] = e;
    e.saga->timer_index = at;
}

void timer_heap::sift_up(std::size_t at, entry e) {
    while (at > 0) {
        const auto parent = (at - 1) / 2;
        if (entries_[parent].due <= e.due) break;
        place(at, entries_[parent]);
        at = parent;
    }
    place(at, e);
}

void timer_heap::sift_down(std::size_t at, entry e) {
    for (;;) {
        auto child = 2 * at + 1;
        if (child >= entries_.size()) break;
        if (child + 1 < entries_.size() && entries_[child + 1].due < entries_[child].due) ++child;
        if (e.due <= entries_[child].due) break;
        place(at, entries_[child]);
        at = child;
    }
    place(at, e);
}

void timer_heap::erase(std::size_t at) {
    entries_[at].saga->timer_index = hot_saga::no_timer;
    const auto last = entries_.back();
    entries_.pop_back();
    if (at == entries_.size()) return;
    if (at > 0 && last.due < entries_[(at - 1) / 2].due)
        sift_up(at, last);
    else
        sift_down(at, last);
}

void timer_heap::set(hot_saga& saga, std::optional<time_point> due) {
    const auto at = saga.timer_index;
    if (!due) {
        if (at != hot_saga::no_timer) erase(at);
        return;
    }
    if (at == hot_saga::no_timer) {
        entries_.push_back({});
        return sift_up(entries_.size() - 1, {*due, &saga});
    }
    if (*due < entries_[at].due)
        sift_up(at, {*due, &saga});
    else
        sift_down(at, {*due, &saga});
}

std::optional<time_point> timer_heap::earliest() const {
    if (entries_.empty()) return std::nullopt;
    return entries_.front().due;
}

hot_saga* timer_heap::pop_due(time_point now) {
    if (entries_.empty() || entries_.front().due > now) return nullptr;
    auto* saga = entries_.front().saga;
    erase(0);
    return saga;
}

} // namespace sagaflow::core
