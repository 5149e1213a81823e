// What the engine knows of one saga. Each state carries its own data; what is stored names steps, never
// positions.
#pragma once

#include <sagaflow/message.hpp>
#include <sagaflow/plan.hpp>
#include <sagaflow/store.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sagaflow::core {

// A command that is out.
struct outstanding {
    int attempt = 1;
    time_point issued{};               // when it was first sent
    time_point due{};                  // when this attempt's timeout is over; stored as commit time + timeout
    std::unique_ptr<std::string> body; // kept when the stage has several steps (R16)
    bool accepted = false;             // not stored: the transport has this attempt, its clock runs (R5)
    bool published = false;            // not stored: handed to the transport, which has not reported yet
};

// The state of a step. `number` is the n of its newest command ("/n", R3).
struct step_record {
    step_state state = step_state::waiting;
    std::uint16_t action_number = 1;
    std::uint16_t compensation_number = 1;
    bool taken = false;      // rejected, and taken into the state by .on_rejected: finished
    bool given_up = false;   // compensation_failed, and an operator skipped it
    bool answered = false;   // compensation_failed by a stored rejection (not for want of an answer)
    bool late_noted = false; // a late reply was noted for its action
    bool late_compensation_noted = false;
    std::unique_ptr<outstanding>
        out; // sent, compensating; in_doubt and compensation_failed keep the last one
    std::unique_ptr<std::string> reason; // of a rejection or a failed compensation
};

// Its compensation failed, and nobody took that on.
inline bool failed(const step_record& s) {
    return s.state == step_state::compensation_failed && !s.given_up;
}

// Why a saga is suspended.
enum class suspension : std::uint8_t {
    rejected,            // a retriable step was rejected
    unanswered,          // a pivot or retriable used its attempts up, or a participant answered "unknown"
    compensation_failed, // see the steps
    function_threw,      // a function of the definition threw, or a reply could not be read
    not_hosted,          // its version is not hosted
    refused,             // the transport will never take the command
    expired,             // an unanswered command is older than command_lifetime (B8)
    by_operator,
};
const char* to_string(suspension why) noexcept;

namespace phase {
struct running {};
struct compensating {
    std::string reason; // why it turned
};
struct completed {};
struct compensated {
    std::string reason;
};
struct suspended {
    suspension why = suspension::by_operator;
    std::string reason;
    std::unique_ptr<std::string> compensating; // set: it was compensating, for this reason
};
struct abandoned {
    std::string reason;
};
} // namespace phase

using phase_record = std::variant<phase::running, phase::compensating, phase::completed, phase::compensated,
                                  phase::suspended, phase::abandoned>;

// A reply that could not be taken yet (R14, R15).
struct kept_reply {
    std::string step;
    bool compensation = false;
    std::uint32_t number = 1;
    reply_outcome outcome = reply_outcome::success;
    std::string body;
};

struct trace_context {
    std::string parent;
    std::string state;
};

struct saga_record {
    std::string id;
    std::uint64_t birth = 0;
    std::uint64_t input_hash = 0;
    std::uint64_t last_event = 0;
    time_point started{};
    std::optional<time_point> finished;
    std::optional<time_point> due; // the saga's own timeout
    bool due_noted = false;        // that timeout came too late to turn the saga
    bool alerted = false;
    std::uint32_t late_replies = 0;
    phase_record phase = phase::running{};
    std::string data;                       // the user's state as JSON, as of now
    state_ptr state{nullptr, [](void*) {}}; // the same, decoded; null while the version is not hosted
    std::vector<step_record> steps;         // parallel to the plan's steps
    std::string status;                     // the newest status document
    std::vector<kept_reply> kept;
    std::unique_ptr<trace_context> trace;
};

saga_state state_of(const saga_record& r) noexcept;
// Why it compensates, is suspended or was abandoned; else empty.
std::string_view reason_of(const saga_record& r) noexcept;
inline bool is_finished(const saga_record& r) noexcept {
    return sagaflow::is_finished(state_of(r));
}
inline const phase::suspended* suspended(const saga_record& r) noexcept {
    return std::get_if<phase::suspended>(&r.phase);
}

// The row's columns and the record as JSON text (docs/store_schema.md).
saga_row encode(const plan& definition, const saga_record& r);

// Reads a row. Throws sagaflow::error(corrupt) that names the saga and the place if the record can't be read
// or does not fit the plan; error(invalid_argument) if the user's state can't be decoded. A command's due
// time later than now + its timeout is cut to that (R21). Outstanding commands count as accepted.
saga_record decode(const plan& definition, const saga_row& row, time_point now);

// The user's state in a stored record, undecoded.
std::string data_of(const saga_row& row);

// The names of the steps in a stored record; none if it can't be read: then decode() says why.
std::vector<std::string> step_names_of(const saga_row& row);

} // namespace sagaflow::core
