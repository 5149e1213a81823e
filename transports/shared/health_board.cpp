#include "health_board.hpp"

#include <string>
#include <utility>

namespace sagaflow::transports {

namespace {

int badness(transport_health::condition c) {
    switch (c) {
        case transport_health::condition::up:
            return 0;
        case transport_health::condition::blocked:
            return 1;
        case transport_health::condition::down:
            return 2;
    }
    return 2;
}

bool same(const transport_health& a, const transport_health& b) {
    return a.now == b.now && a.reason == b.reason;
}

} // namespace

// Nothing while it might still be up.
std::optional<transport_health> health_board::worst() const {
    std::optional<transport_health> found;
    bool all_known = true;
    for (const auto& p : parts_) {
        all_known = all_known && p;
        if (p && (!found || badness(p->now) > badness(found->now))) found = p;
    }
    if (found && found->now == transport_health::condition::up && !all_known) found.reset();
    return found;
}

void health_board::tell(const transport_health& h) {
    for (const auto& handler : handlers_) handler(h);
}

void health_board::add(health_handler h) {
    if (!h) return;
    const std::lock_guard order(mutex_);
    if (told_) h(*told_);
    if (!closed_) handlers_.push_back(std::move(h));
}

void health_board::set(std::size_t part, transport_health h) {
    const std::lock_guard order(mutex_);
    if (closed_) return;
    parts_[part] = std::move(h);
    const auto news = worst();
    if (!news || (told_ && same(*news, *told_))) return;
    told_ = news;
    tell(*news);
}

void health_board::close() {
    const std::lock_guard order(mutex_);
    if (std::exchange(closed_, true)) return;
    told_ = {transport_health::condition::down, "the transport is closed"};
    tell(*told_);
    handlers_.clear();
}

} // namespace sagaflow::transports
