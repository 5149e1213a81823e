#include "settlements.hpp"

#include <utility>

namespace sagaflow::amqp {

bool settlements::delivered(std::uint64_t tag) {
    if (tag != first_ + states_.size()) return false;
    states_.push_back(state::open);
    return true;
}

void settlements::rejected(std::uint64_t tag) {
    if (known(tag)) states_[tag - first_] = state::told;
}

void settlements::acknowledged(std::uint64_t tag) {
    if (!known(tag) || states_[tag - first_] != state::open) return;
    states_[tag - first_] = state::acknowledged;
    fresh_.push_back(tag);
}

std::vector<settlements::acknowledgement> settlements::take() {
    std::vector<acknowledgement> out;
    const auto fresh = std::exchange(fresh_, {});
    if (fresh.empty()) return out;
    // All up to here are settled; the broker knows a tag only until it is told of it.
    std::uint64_t last = 0;
    while (!states_.empty() && states_.front() != state::open) {
        if (states_.front() == state::acknowledged) last = first_;
        states_.pop_front();
        ++first_;
    }
    if (last > 0) out.push_back({last, true});
    for (const auto tag : fresh) {
        if (tag < first_) continue;
        states_[tag - first_] = state::told;
        out.push_back({tag, false});
    }
    return out;
}

} // namespace sagaflow::amqp
