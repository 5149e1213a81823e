// event: one transition of a saga, as it is stored and as watchers get it.
#pragma once

#include <sagaflow/saga_state.hpp>
#include <sagaflow/time.hpp>

#include <cstdint>
#include <string>

namespace sagaflow {

// What a transition was, by its most telling part; the details are in event::details.
enum class event_kind : std::uint8_t {
    started,
    progressed,          // steps were settled, skipped or sent
    retried,             // the 2nd, 4th, 8th … attempt of a command
    compensating,        // it turned: from now on steps are undone
    compensation_failed, // noted under on_compensation_failure::go_on
    suspended,
    resumed,
    late_reply, // an answer that no longer counts, noted once per command (R11)
    noted,      // an operator's or a timeout's note that changed no step
    completed,
    compensated,
    abandoned,
};
const char* to_string(event_kind kind) noexcept;

struct event {
    std::uint64_t seq = 0; // rises within a shard and never goes back; the id of the event on every stream
    std::uint64_t birth =
        0; // the seq of the saga's first event: names this saga among all that ever had its id
    std::uint64_t previous = 0; // the seq of the saga's event before this one; 0: this is the first
    std::string saga_id;
    std::string saga_type;
    time_point at{};
    event_kind kind = event_kind::progressed;
    saga_state state = saga_state::running; // after the transition
    std::string details; // JSON: {"steps":{"open-chat":"done"},"reason":…,"who":…,"why":…}, each
                         // member only if it says something
    std::string status;  // the status document after it, if it differs from the last one; else empty

    bool is_terminal() const noexcept { return is_finished(state); }
};

} // namespace sagaflow
