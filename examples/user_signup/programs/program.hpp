// What run() runs.
#pragma once

#include <cstdint>

namespace signup {

class program {
  public:
    virtual ~program() = default;

    // First: its HTTP interface answers from then on, and says that it is not ready. Throws sagaflow::error
    // when it can't.
    virtual void listen() = 0;

    // Serves. May wait for a broker that is away; whoever closes the bus ends that. Throws sagaflow::error
    // when it can't.
    virtual void start() = 0;

    // In order: no more requests, then what is under way becomes durable. Idempotent.
    virtual void stop() = 0;

    virtual std::uint16_t port() const = 0; // of its HTTP interface
};

} // namespace signup
