// A carried message's place in AMQP: its properties and its table of headers.
#pragma once

#include "rabbitmq.hpp"

#include <sagaflow/message.hpp>
#include <sagaflow/wire.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sagaflow::amqp {

// A message on its way to the broker. `what.headers` are all text.
struct outgoing {
    wire::carried what;
    std::string address; // the exchange
    std::string type;    // the routing key
    std::string app;
    std::uint64_t timestamp = 0; // in seconds; 0: none
    bool mandatory = true;       // that nobody takes it is a failure; not of a status event
};

outgoing make_outgoing(const message& m, wire::carried&& c);

// Why AMQP can't carry it, if it can't.
std::optional<std::string> unfit(const outgoing& m, std::size_t body_bytes);

// The properties of `m`; they point into it and into `entries`.
amqp_basic_properties_t properties_of(const outgoing& m, std::vector<amqp_table_entry_t>& entries);

// All but the body.
wire::carried read(const amqp_basic_properties_t& p);

} // namespace sagaflow::amqp
