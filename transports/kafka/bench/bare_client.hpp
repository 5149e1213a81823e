// Kafka by librdkafka alone: an idempotent producer and one consumer in each process. What is not about
// delivery is as librdkafka has it by itself.
#pragma once

#include "../../shared/bare_client.hpp"

#include <memory>

namespace sagaflow::kafka {

std::unique_ptr<transports::bare_client> make_bare_client(const transports::bare_setup& setup);
std::unique_ptr<transports::bare_server> make_bare_server(const transports::bare_setup& setup);

} // namespace sagaflow::kafka
