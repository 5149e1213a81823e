// The RabbitMQ that the tests of a program share, as the transport's options.
#pragma once

#include "service_address.hpp"

#include <sagaflow/amqp.hpp>

#include <chrono>

namespace sagaflow::testing {

inline amqp::transport_options amqp_options() {
    amqp::transport_options o;
    o.hosts = {service_address("amqp")};
    o.new_queue_pause = std::chrono::milliseconds(0); // nobody kills that one
    return o;
}

} // namespace sagaflow::testing
