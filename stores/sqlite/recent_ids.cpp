#include "recent_ids.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::sqlite {

void recent_ids::insert(const id_entry& entry) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    auto slot = home(entry.hash);
    while (slots_[slot].birth != 0) slot = after(slot);
    slots_[slot] = entry;
    size_ += 1;
}

void recent_ids::erase(const id_entry& entry) {
    auto slot = home(entry.hash);
    while (slots_[slot] != entry) {
        if (slots_[slot].birth == 0) return;
        slot = after(slot);
    }
    // What follows moves up, so that no search ends at the gap too early.
    for (auto next = after(slot); slots_[next].birth != 0; next = after(next)) {
        const auto wanted = home(slots_[next].hash);
        const auto distance = [&](std::size_t from) { return (next - from) & (slots_.size() - 1); };
        if (distance(wanted) < distance(slot)) continue;
        slots_[slot] = slots_[next];
        slot = next;
    }
    slots_[slot] = {};
    size_ -= 1;
}

void recent_ids::find(std::int64_t hash, std::vector<std::uint64_t>& births) const {
    for (auto slot = home(hash); slots_[slot].birth != 0; slot = after(slot))
        if (slots_[slot].hash == hash) births.push_back(slots_[slot].birth);
}

std::vector<id_entry> recent_ids::take_sorted() {
    std::vector<id_entry> taken;
    taken.reserve(size_);
    for (auto& slot : slots_)
        if (slot.birth != 0) taken.push_back(std::exchange(slot, {}));
    std::sort(taken.begin(), taken.end());
    size_ = 0;
    return taken;
}

void recent_ids::grow() {
    auto old = std::exchange(slots_, std::vector<id_entry>(slots_.size() * 2));
    size_ = 0;
    for (const auto& entry : old)
        if (entry.birth != 0) insert(entry);
}

} // namespace sagaflow::sqlite
