// The partitions of a topic that are this consumer's, and how far their messages are acknowledged.
#pragma once

#include "handles.hpp"
#include "offsets.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>

namespace sagaflow::kafka {

// Any thread. A message's origin is its partition's slot and its number there; a partition gets a new slot
// each time it is assigned, so that what is acknowledged too late meets nothing.
class assignment {
  public:
    explicit assignment(std::string topic) : topic_(std::move(topic)) {}

    void begin(const rd_kafka_topic_partition_list_t& partitions);
    void end();

    std::uint64_t add(std::int32_t partition, std::int64_t offset);
    void acknowledge(std::span<const std::uint64_t> origins);

    // What has moved since the last call, as offsets to go on from.
    partitions_handle take_marks();
    // Nothing is to be acknowledged, and no mark to be taken.
    bool idle() const;
    // Those for which `which` says so, of the number of messages from the first unacknowledged one on.
    partitions_handle choose(
        const std::function<bool(std::int32_t partition, std::size_t span)>& which) const;

  private:
    struct slot {
        std::int32_t partition;
        offsets of;
    };
    static constexpr unsigned number_bits = 32;

    const std::string topic_;
    mutable std::mutex mutex_;
    std::map<std::uint16_t, slot> slots_;
    std::map<std::int32_t, std::uint16_t> slot_of_;
    std::uint16_t next_ = 0;
};

} // namespace sagaflow::kafka
