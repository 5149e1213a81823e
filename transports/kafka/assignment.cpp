#include "assignment.hpp"

#include <algorithm>

namespace sagaflow::kafka {

void assignment::begin(const rd_kafka_topic_partition_list_t& partitions) {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < partitions.cnt; ++i) {
        const auto partition = partitions.elems[i].partition;
        slot_of_[partition] = next_;
        slots_[next_++] = {partition, {}};
    }
}

void assignment::end() {
    const std::lock_guard lock(mutex_);
    slots_.clear();
    slot_of_.clear();
}

std::uint64_t assignment::add(std::int32_t partition, std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    const auto at = slot_of_.at(partition);
    return std::uint64_t{at} << number_bits | slots_.at(at).of.add(offset);
}

void assignment::acknowledge(std::span<const std::uint64_t> origins) {
    const std::lock_guard lock(mutex_);
    for (const auto origin : origins) {
        const auto found = slots_.find(static_cast<std::uint16_t>(origin >> number_bits));
        if (found != slots_.end()) found->second.of.acknowledge(static_cast<std::uint32_t>(origin));
    }
}

partitions_handle assignment::take_marks() {
    partitions_handle marks;
    const std::lock_guard lock(mutex_);
    for (auto& [number, s] : slots_) {
        const auto mark = s.of.take_mark();
        if (!mark) continue;
        if (!marks) marks.reset(rd_kafka_topic_partition_list_new(static_cast<int>(slots_.size())));
        rd_kafka_topic_partition_list_add(marks.get(), topic_.c_str(), s.partition)->offset = *mark;
    }
    return marks;
}

bool assignment::idle() const {
    const std::lock_guard lock(mutex_);
    return std::all_of(slots_.begin(), slots_.end(),
                       [](const auto& s) { return s.second.of.span() == 0 && !s.second.of.has_mark(); });
}

partitions_handle assignment::choose(
    const std::function<bool(std::int32_t partition, std::size_t span)>& which) const {
    partitions_handle chosen;
    const std::lock_guard lock(mutex_);
    for (const auto& [number, s] : slots_) {
        if (!which(s.partition, s.of.span())) continue;
        if (!chosen) chosen.reset(rd_kafka_topic_partition_list_new(static_cast<int>(slots_.size())));
        rd_kafka_topic_partition_list_add(chosen.get(), topic_.c_str(), s.partition);
    }
    return chosen;
}

} // namespace sagaflow::kafka
