// RabbitMQ by rabbitmq-c alone, with queues and messages as the transport has them.
#pragma once

#include "../../shared/bare_client.hpp"

#include <memory>

namespace sagaflow::amqp {

std::unique_ptr<transports::bare_client> make_bare_client(const transports::bare_setup& setup);
std::unique_ptr<transports::bare_server> make_bare_server(const transports::bare_setup& setup);

} // namespace sagaflow::amqp
