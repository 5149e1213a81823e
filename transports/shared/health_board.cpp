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

health_board::health_board(std::size_t parts, const std::string& at_first)
    : parts_(parts, {transport_health::condition::down, at_first}), told_(parts_.front()) {}

transport_health health_board::worst() const {
    auto found = parts_.front();
    for (const auto& p : parts_)
        if (badness(p.now) > badness(found.now)) found = p;
    return found;
}

void health_board::tell(const transport_health& h) {
    for (const auto& handler : handlers_) handler(h);
}

void health_board::add(health_handler h) {
    if (!h) return;
    const std::lock_guard order(telling_);
    const auto how = now();
    h(how);
    if (!closed_) handlers_.push_back(std::move(h));
}

void health_board::set(std::size_t part, transport_health h) {
    const std::lock_guard order(telling_);
    transport_health news;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
        parts_[part] = std::move(h);
        news = worst();
        if (same(news, told_)) return;
        told_ = news;
    }
    tell(news);
}

transport_health health_board::now() const {
    const std::lock_guard lock(mutex_);
    return told_;
}

void health_board::close() {
    const std::lock_guard order(telling_);
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true)) return;
        told_ = {transport_health::condition::down, "the transport is closed"};
    }
    tell(told_);
    handlers_.clear();
}

} // namespace sagaflow::transports
