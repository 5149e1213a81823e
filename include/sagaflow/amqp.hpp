// A transport over RabbitMQ (AMQP 0-9-1), for participants that are other processes.
#pragma once

#include <sagaflow/broker.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sagaflow {
class transport;
namespace wire {
class envelope;
}
} // namespace sagaflow

namespace sagaflow::amqp {

// An address is a durable topic exchange of that name, the routing key is the message's type. A group's
// queue is `<address>.<group>`, bound to the types that it takes; that of a consumer with a sole_owner is
// named as the address alone, so that what is sent to it by the default exchange arrives as well. Queues are
// quorum queues; what was delivered too often, and what is over message_bytes, goes to the exchange and queue
// `<address>.dead`.
struct transport_options {
    std::vector<std::string> hosts = {"127.0.0.1"}; // each "host" or "host:port", "[::1]:5672"; tried in turn
    std::string virtual_host = "/";
    std::string user = "guest";
    std::string password = "guest";
    tls_options tls = {};          // the port is 5671 then, unless one is given
    std::string name = "sagaflow"; // shown by the broker beside each connection
    sagaflow::topology topology = sagaflow::topology::create;
    std::size_t delivery_limit = 100; // a message that has been delivered so often, and never settled, is a
                                      // dead letter: one that ends whoever handles it

    std::shared_ptr<const wire::envelope> envelope = {}; // null: CloudEvents, headers "ce-…"
    std::size_t message_bytes = 16 * 1024 * 1024;        // of a body, both ways
    std::size_t in_flight = 4096;                        // messages that the broker has not confirmed yet

    std::chrono::seconds heartbeat{20}; // a broker that is silent for twice as long is taken for gone
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds request_timeout{
        10'000};                                    // of what the broker must answer, such as a declaration
    std::chrono::milliseconds close_timeout{3'000}; // for saying good-bye
    std::chrono::milliseconds first_reconnect{100}; // doubles up to the last, half of it random
    std::chrono::milliseconds last_reconnect{5'000};
};

// Two connections, each with a thread: "sf-amqp-pub" and "sf-amqp-con"; one more per subscription,
// "sf-amqp-<group>". Messages of one saga keep their order on an address. A message that no queue takes is
// reported as failed, with the reason. A sole_owner has the exclusive queue `<address>.sole-owner`. When the
// broker is away at consume(), or another connection of the same owner has not gone yet, it returns and goes
// on trying; health says why.
// Throws error(invalid_argument) for options that can't work.
std::shared_ptr<sagaflow::transport> make_transport(transport_options options = {});

} // namespace sagaflow::amqp
