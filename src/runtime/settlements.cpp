#include "runtime/settlements.hpp"

namespace sagaflow::runtime {

std::uint32_t settlements::place_of(const std::shared_ptr<settler>& from) {
    auto place = consumers_.size();
    for (std::size_t i = 0; i < consumers_.size(); ++i) {
        if (consumers_[i].from == from) return static_cast<std::uint32_t>(i);
        if (consumers_[i].unsettled == 0) place = i;
    }
    if (place == consumers_.size()) consumers_.emplace_back();
    consumers_[place].from = from;
    return static_cast<std::uint32_t>(place);
}

core::token settlements::add(std::uint64_t tag, const std::shared_ptr<settler>& from) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(entries_.size()));
        entries_.emplace_back();
    }
    const auto index = free_.back();
    free_.pop_back();
    entries_[index] = {tag, place_of(from)};
    ++consumers_[entries_[index].consumer].unsettled;
    count_.store(entries_.size() - free_.size(), std::memory_order_relaxed);
    return core::token{index} + 1;
}

void settlements::acknowledge(std::span<const core::token> tokens) {
    for (const auto token : tokens) {
        const auto index = static_cast<std::uint32_t>(token - 1);
        consumers_[entries_[index].consumer].tags.push_back(entries_[index].tag);
        free_.push_back(index);
    }
    count_.store(entries_.size() - free_.size(), std::memory_order_relaxed);
    for (auto& c : consumers_) {
        if (c.tags.empty()) continue;
        c.from->settle(c.tags, settler::verdict::acknowledge);
        c.unsettled -= c.tags.size();
        c.tags.clear();
    }
}

} // namespace sagaflow::runtime
