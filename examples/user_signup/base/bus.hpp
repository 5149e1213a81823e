// What carries the commands of chat and customer: chosen in the configuration.
#pragma once

#include <sagaflow/amqp.hpp>
#include <sagaflow/kafka.hpp>
#include <sagaflow/yaml.hpp>

#include <cstdint>
#include <memory>

namespace signup {

enum class bus_kind : std::uint8_t { memory, kafka, amqp };

struct bus_options {
    bus_kind kind = bus_kind::memory;
    sagaflow::kafka::transport_options kafka = {};
    sagaflow::config::properties kafka_properties = {};
    sagaflow::amqp::transport_options amqp = {};
};

// The settings below "transport".
void add_bus(sagaflow::config::settings& s, bus_options& o);
void check_bus(const bus_options& o, const sagaflow::config::settings::refuse& refuse);

struct bus_parts {
    std::shared_ptr<const sagaflow::wire::envelope> envelope; // what a broker gets to see; null: CloudEvents
    std::shared_ptr<sagaflow::log_sink> log;
};

// Throws sagaflow::error for options that can't work. A broker that is away is none of these: the transport
// waits for it.
std::shared_ptr<sagaflow::transport> make_bus(const bus_options& o, const bus_parts& with);

} // namespace signup
