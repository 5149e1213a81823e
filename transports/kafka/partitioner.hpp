// Which partition of its topic a message goes to.
#pragma once

#include <sagaflow/kafka.hpp>

#include <chrono>
#include <cstdint>

#include <librdkafka/rdkafka.h>

namespace sagaflow {
struct message;
} // namespace sagaflow

namespace sagaflow::kafka {

// librdkafka sends a request for each partition, and a request costs a broker as much as many messages in it.
// So messages that are likely to be sent together share a partition, as those of Java's sticky partitioner do
// (https://cwiki.apache.org/confluence/display/KAFKA/KIP-480%3A+Sticky+Partitioner). But a saga's commands to
// an address keep to one, also after a restart: they keep their order.
class partitioner {
  public:
    explicit partitioner(partition_by how) : how_(how) {}

    // Messages with the same number share a partition. 0: those with the same key do. `now`: a reply is for
    // one consumer, which needs no order of them, so those of the same moment share one.
    std::uint32_t number_of(const message& m, std::chrono::steady_clock::time_point now) const;

    // Makes a producer follow the numbers of its messages: each has one in its opaque. `conf` must have a
    // property of topics already.
    static void install(rd_kafka_conf_t* conf);

  private:
    const partition_by how_;
};

// What librdkafka keeps with a message and gives back: no pointer, since a client that is being destroyed may
// still choose partitions.
struct opaque {
    std::uint32_t number = 0; // of the partitioner
    std::uint32_t place = 0;  // where the producer finds it again

    opaque(std::uint32_t partition_number, std::uint32_t at) : number(partition_number), place(at) {}
    static opaque from_pointer(void* given_back);
    void* to_pointer() const;
};

} // namespace sagaflow::kafka
