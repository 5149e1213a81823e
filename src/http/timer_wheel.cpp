#include "http/timer_wheel.hpp"

#include <algorithm>

namespace sagaflow::http {

void timer_entry::unlink() noexcept {
    if (after_ == nullptr) return;
    before_->after_ = after_;
    after_->before_ = before_;
    before_ = after_ = nullptr;
}

timer_wheel::list_head::list_head() noexcept {
    before_ = after_ = this;
}

timer_wheel::timer_wheel() : origin_(clock::now()) {}

void timer_wheel::append(timer_entry& head, timer_entry& entry) noexcept {
    entry.before_ = head.before_;
    entry.after_ = &head;
    head.before_->after_ = &entry;
    head.before_ = &entry;
}

// The number of the first tick that is not before `t`.
std::size_t timer_wheel::ticks_until(clock::time_point t) const noexcept {
    const auto since = std::max(t - origin_, clock::duration::zero());
    return static_cast<std::size_t>((since + tick - clock::duration(1)) / tick);
}

void timer_wheel::set(timer_entry& entry, clock::time_point deadline) {
    entry.unlink();
    entry.deadline_ = deadline;
    append(slots_[std::max(ticks_until(deadline), passed_ + 1) % slot_count], entry);
}

void timer_wheel::collect(timer_entry& slot, clock::time_point now, timer_entry& due) noexcept {
    for (timer_entry* e = slot.after_; e != &slot;) {
        timer_entry* const following = e->after_;
        if (e->deadline_ <= now) {
            e->unlink();
            append(due, *e);
        }
        e = following;
    }
}

void timer_wheel::advance(clock::time_point now) {
    const auto current = static_cast<std::size_t>((std::max(now, origin_) - origin_) / tick);
    if (current <= passed_) return;
    list_head due;
    const std::size_t steps = std::min(current - passed_, slot_count);
    for (std::size_t i = 0; i < steps; ++i) collect(slots_[(current - i) % slot_count], now, due);
    passed_ = current;
    while (!is_empty(due)) {
        timer_entry& e = *due.after_;
        e.unlink();
        e.expired();
    }
}

std::optional<clock::time_point> timer_wheel::next() const noexcept {
    for (std::size_t i = 1; i <= slot_count; ++i) {
        if (!is_empty(slots_[(passed_ + i) % slot_count])) return origin_ + tick * (passed_ + i);
    }
    return std::nullopt;
}

} // namespace sagaflow::http
