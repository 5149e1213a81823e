// A transport over Apache Kafka: component sagaflow::kafka (librdkafka 2.0.2 or later).
//
// An address is a topic; a group of a subscription is the consumer group "<address>.<group>". A message's key
// is its saga id. A saga's commands to an address share a partition and keep their order (partition_by says
// which one), and so do its status events. docs/wire_format.md says what stands in the headers.
#pragma once

#include <sagaflow/broker.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sagaflow {
class log_sink;
class transport;
} // namespace sagaflow

namespace sagaflow::wire {
class envelope;
} // namespace sagaflow::wire

namespace sagaflow::kafka {

struct sasl_options {
    std::string mechanism =
        {}; // PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: the broker asks for no password
    std::string user = {};
    std::string password = {};
};

// A setting of librdkafka by its own name, such as "compression.type":
// https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
struct property {
    std::string name;
    std::string value;
};

// Which partition of its topic a message goes to. A saga's commands share one either way, and status events
// go by the key in any case.
enum class partition_by : std::uint8_t {
    start, // that of all sagas which began in the same 16 ms, replies that of all which the process sends
           // then: many go in one request. So commands of a burst of starts are for one participant of a
           // group
    key    // by the key's hash (murmur2, as Java's default)
};

struct transport_options {
    std::vector<std::string> hosts = {"127.0.0.1"}; // some of the brokers, to begin with; each "host" or
                                                    // "host:port", "[::1]:9092"
    tls_options tls = {};
    sasl_options sasl = {};
    std::string name = "sagaflow"; // shown by the broker's tools: the client id
    sagaflow::topology topology = sagaflow::topology::create;
    int partitions = 6;          // of a topic that is made; one that is there may have any number
    int replication_factor = -1; // of a topic that is made; -1: as many as the broker makes by itself
    kafka::partition_by partition_by = kafka::partition_by::start;

    std::shared_ptr<const wire::envelope> envelope = {}; // null: CloudEvents, headers "ce_…"
    std::size_t message_bytes = 1'000'000;               // of a body, both ways; the broker has a limit too
    std::size_t in_flight = 100'000; // published and not yet reported, at most; more are reported as failed
    std::size_t waiting = 4'096;     // of a group: fetched and not yet with a handler, about

    std::chrono::milliseconds request_timeout{
        10'000}; // of what the broker must answer in open() and consume()
    std::chrono::milliseconds publish_timeout{60'000}; // what the broker has not taken by then is failed
    std::chrono::milliseconds session_timeout{
        6'000}; // a consumer that is silent for so long has lost its messages
    std::chrono::milliseconds close_timeout{10'000}; // for saying good-bye

    std::vector<property> properties = {}; // for librdkafka, after all the above
    log_sink* log = nullptr;               // null: it does not log
};

// All that is wrong: what librdkafka does not accept, and what would break a promise of the transport. Files
// are read, nothing is connected to.
std::vector<refused_option> check(const transport_options& options);

// Threads: "sf-kafka" speaks with librdkafka, "sf-kafka-watch" looks whether the broker is there,
// "sf-kfk-<group>" is a subscription's; librdkafka has its own, "rdk:…". Messages of one saga keep their
// order on an address as long as none fails: one that failed and is published again comes after later ones.
// When the broker is away at open() or consume(), they return and the transport goes on
// trying; health says why. Throws error(invalid_argument) naming the first option that check() refuses.
std::shared_ptr<sagaflow::transport> make_transport(transport_options options = {});

} // namespace sagaflow::kafka
