#include "partitioner.hpp"

#include <sagaflow/message.hpp>

#include <cassert>

namespace sagaflow::kafka {

namespace {

// How long sagas that begin are gathered to one partition.
constexpr std::chrono::milliseconds together{16};

// Called by producev(), or by a thread of librdkafka once it knows how many partitions there are.
std::int32_t choose(const rd_kafka_topic_t* topic, const void* key, std::size_t key_size, std::int32_t count,
                    void* of_topic, void* of_message) {
    const auto number = opaque::from_pointer(of_message).number;
    if (number == 0)
        return rd_kafka_msg_partitioner_murmur2_random(topic, key, key_size, count, of_topic, of_message);
    return static_cast<std::int32_t>(number % static_cast<std::uint32_t>(count));
}

template <class TimePoint>
std::uint32_t moment(TimePoint at) {
    return static_cast<std::uint32_t>(at.time_since_epoch() / together);
}

} // namespace

std::uint32_t partitioner::number_of(const message& m, std::chrono::steady_clock::time_point now) const {
    if (how_ == partition_by::key) return 0;
    switch (m.kind) {
        case message_kind::reply:
            return moment(now);
        case message_kind::command:
        case message_kind::compensation:
            return moment(m.started);
        case message_kind::status:
            break;
    }
    return 0;
}

void partitioner::install(rd_kafka_conf_t* conf) {
    auto* of_topics = rd_kafka_conf_get_default_topic_conf(conf);
    assert(of_topics != nullptr);
    rd_kafka_topic_conf_set_partitioner_cb(of_topics, choose);
}

opaque opaque::from_pointer(void* given_back) {
    const auto both = reinterpret_cast<std::uint64_t>(given_back);
    return {static_cast<std::uint32_t>(both >> 32U), static_cast<std::uint32_t>(both)};
}

void* opaque::to_pointer() const {
    static_assert(sizeof(void*) == sizeof(std::uint64_t), "a pointer has to hold both numbers");
    return reinterpret_cast<void*>(std::uint64_t{number} << 32U | place);
}

} // namespace sagaflow::kafka
