// The states of a saga and of its steps, as they are stored, listed and shown.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sagaflow {

enum class saga_state : std::uint8_t { running, compensating, completed, compensated, suspended, abandoned };

enum class step_state : std::uint8_t {
    waiting,             // not sent yet
    sent,                // its command is out, unanswered
    done,                // answered with success
    rejected,            // answered with a rejection: it took no effect
    in_doubt,            // no answer: it may have happened
    skipped,             // its .when said no, or an operator skipped it
    compensating,        // its compensation is out, unanswered
    compensated,         // undone
    compensation_failed, // the compensation was rejected or used up: not undone
};

const char* to_string(saga_state state) noexcept;
const char* to_string(step_state state) noexcept;

// True for completed, compensated and abandoned: nothing changes any more.
bool is_finished(saga_state state) noexcept;

struct step_progress {
    std::string_view name;
    step_state state;
    std::string_view reason; // of a rejection; else empty
};

// How far a saga is. The views live as long as the call that hands it out.
struct progress {
    saga_state state;
    std::string_view reason; // why it compensates, is suspended or was abandoned; else empty
    std::span<const step_progress> steps;

    // The state of the step of that name; throws sagaflow::error(invalid_argument) if the saga has
    // none.
    const step_progress& step(std::string_view name) const;
};

} // namespace sagaflow
