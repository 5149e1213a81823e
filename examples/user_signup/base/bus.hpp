// What carries the commands of chat and customer: chosen in the configuration.
#pragma once

#include <cstdint>
#include <memory>

namespace sagaflow {
class transport;
namespace wire {
class envelope;
}
} // namespace sagaflow

namespace signup {

enum class bus_kind : std::uint8_t { memory, kafka, amqp };

struct bus_options {
    bus_kind kind = bus_kind::memory;
};

// `envelope`: what a broker gets to see; null: CloudEvents. Throws sagaflow::error for options that can't
// work. A broker that is away is none of these: the transport waits for it.
std::shared_ptr<sagaflow::transport> make_bus(const bus_options& o,
                                              std::shared_ptr<const sagaflow::wire::envelope> envelope);

} // namespace signup
