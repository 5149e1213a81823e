// plan: a saga's definition with its types erased. saga<S> makes it; the core runs it; to_mermaid
// draws it. Users meet it only when they write tools over definitions.
#pragma once

#include <sagaflow/outcome.hpp>
#include <sagaflow/retry.hpp>
#include <sagaflow/saga_state.hpp>
#include <sagaflow/time.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow {

enum class step_kind : std::uint8_t {
    compensatable, // sagaflow::step
    pivot,         // the point of no return
    retriable,     // after it; can only succeed in the end
};
const char* to_string(step_kind kind) noexcept;

// What to do when a compensation is rejected or used up (R10).
enum class on_compensation_failure : std::uint8_t {
    stop, // suspend the saga there
    go_on // compensate the rest, then suspend
};

// A user's decoded state.
using state_ptr = std::unique_ptr<void, void (*)(void*)>;

// The functions call the user's and may throw what they throw. All are pure.
struct step_plan {
    std::string name;
    step_kind kind = step_kind::compensatable;
    std::size_t stage = 0;
    std::string command_type;
    std::string compensation_type; // empty: nothing to compensate

    std::function<bool(const void* state)> when;        // empty: always
    std::function<std::string(const void* state)> send; // the command as JSON
    std::function<void(void* state, std::string_view reply)>
        on_reply; // reads the reply, takes it into the state
    std::function<void(void* state, const rejection& why)> on_rejected; // empty: a rejection is a failure
    std::function<std::string(const void* state)> compensate;           // the compensation as JSON

    duration timeout{};
    retry_policy retry;
    duration compensation_timeout{};
    retry_policy compensation_retry;
};

struct plan {
    std::string name;
    int version = 1;
    std::vector<step_plan> steps; // in the order of their stages
    std::function<state_ptr(std::string_view json)> decode;
    std::function<void(const void* state, std::string& out)> encode;
    std::function<std::string(const void* state, const progress& at)> status; // empty: no status documents
    std::optional<duration> timeout;
    on_compensation_failure compensation_failure = on_compensation_failure::stop;

    std::size_t stage_count() const noexcept { return steps.empty() ? 0 : steps.back().stage + 1; }
    // The index of the step of that name, if there is one.
    std::optional<std::size_t> find(std::string_view step) const noexcept;
};

// Names, kinds, order and types, one line a step: stored with the sagas of a version and compared
// by host() (R15).
std::string fingerprint(const plan& definition);

// Throws sagaflow::error(invalid_argument) that lists everything wrong with it: empty or repeated
// names, names over their length or with other characters than letters, digits, '.', '_' and '-',
// durations or attempts that are not positive, durations over ten years.
void validate(const plan& definition);

// The definition as a Mermaid flowchart.
std::string to_mermaid(const plan& definition);

} // namespace sagaflow
