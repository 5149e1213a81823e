// What the shard asks of the runtime, and what it is told. Everything in `effects` may be carried out at
// once: what must wait for a commit comes out only when that commit was reported durable.
#pragma once

#include "core/machine.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/store.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace sagaflow::core {

// The runtime's own handle for a caller or a delivery; the shard only gives it back.
using token = std::uint64_t;

struct start_request {
    std::string saga_type;
    std::string id;
    std::string input; // JSON
    start_options options;
    token caller = 0;
};

struct verb_request {
    std::string id;
    verb_input input;
    token caller = 0;
};

using answer_value =
    std::variant<started, std::monostate, explanation, failure>; // monostate: a verb was carried out
struct answer {
    token caller = 0;
    answer_value value;
};

// For one transport. The ticket of each message comes back with publish_reported().
struct outgoing {
    std::vector<message> messages;
    std::vector<std::uint64_t> tickets; // parallel
};

// A read of the store.
struct store_read {
    std::uint64_t ticket = 0;
    enum class what : std::uint8_t {
        load,  // by ids
        list,  // by the filter
        events // as many as the filter's limit says
    } kind = what::load;
    std::vector<std::string> ids;
    saga_filter filter;
    std::uint64_t after = 0;
};

struct effects {
    std::shared_ptr<const batch>
        commit; // at most one is on its way; report it with committed() or commit_failed()
    std::vector<store_read>
        reads; // answer each with loaded(), listed() or events_read(); if the store can't, try again
    std::vector<outgoing> publish;  // by transport; may be shorter than there are
    std::vector<token> acknowledge; // deliveries
    std::vector<answer> answers;
    std::vector<std::shared_ptr<const event>> notify; // durable events, in order of seq
    std::vector<alert> alerts;
    std::optional<time_point> wake; // call tick() then, if nothing comes before
};

} // namespace sagaflow::core
