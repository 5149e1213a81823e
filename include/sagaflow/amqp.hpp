// A transport over RabbitMQ (AMQP 0-9-1): component sagaflow::amqp (rabbitmq-c 0.11 or later).
//
// An address is a durable topic exchange of that name; the routing key is the message's type. A group's queue
// is
// "<address>.<group>", bound to the types that it takes; that of a consumer with a sole_owner is named as the
// address alone, so that what is sent to it by the default exchange arrives as well. They are quorum queues.
// Dead letters go to the exchange and queue "<address>.dead". docs/wire_format.md says what stands in the
// properties and headers.
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
    std::size_t message_bytes = 1024 * 1024; // of a body, both ways; a larger one that comes is a dead letter
    std::size_t in_flight = 4'096;           // published and not yet confirmed, at most; more wait

    std::chrono::seconds heartbeat{20}; // a broker that is silent for twice as long is taken for gone
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds request_timeout{
        10'000};                                    // of what the broker must answer, such as a declaration
    std::chrono::milliseconds close_timeout{3'000}; // for saying good-bye
    // consume() returns so long after it made a queue: RabbitMQ 3.10 writes the names of its quorum queues up
    // to a second after the last one was made. One that it did not write before it was killed has lost what
    // was in it, and has no leader any more.
    std::chrono::milliseconds new_queue_pause{1'200};
    std::chrono::milliseconds first_reconnect{100}; // doubles up to the last, half of it random
    std::chrono::milliseconds last_reconnect{5'000};
};

// All that is wrong. Files are looked for, nothing is connected to.
std::vector<refused_option> check(const transport_options& options);

// Threads: "sf-amqp-pub" and "sf-amqp-con" have a connection each, "sf-amqp-<group>" is a subscription's.
// Messages of one saga keep their order on an address as long as none fails. One that no group takes is
// reported as failed, with the reason. Whoever consumes as a sole_owner has the exclusive queue
// "<address>.sole-owner"; others are refused, but for another connection of the same owner, which gets the
// address when the first is gone. When the broker is away at open() or consume(), they return and the
// transport goes on trying; health says why. Throws error(invalid_argument) naming the first option that
// check() refuses.
std::shared_ptr<sagaflow::transport> make_transport(transport_options options = {});

} // namespace sagaflow::amqp
