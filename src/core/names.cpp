// The field's names of the library's enumerations.
#include <sagaflow/error.hpp>
#include <sagaflow/event.hpp>
#include <sagaflow/message.hpp>
#include <sagaflow/plan.hpp>
#include <sagaflow/saga_state.hpp>

#include <array>
#include <cstddef>

namespace sagaflow {

namespace {

template <std::size_t N, class E>
const char* name_of(const std::array<const char*, N>& names, E value) noexcept {
    const auto i = static_cast<std::size_t>(value);
    return i < N ? names[i] : "unknown";
}

} // namespace

const char* to_string(errc code) noexcept {
    static constexpr std::array names = {
        "invalid_argument", "id_conflict",        "not_found",   "wrong_state",
        "past_pivot",       "overloaded",         "unavailable", "outcome_unknown",
        "too_large",        "definition_changed", "fenced",      "in_use",
        "corrupt",          "newer_version",      "stopped",     "io"};
    return name_of(names, code);
}

const char* to_string(saga_state state) noexcept {
    static constexpr std::array names = {"running",     "compensating", "completed",
                                         "compensated", "suspended",    "abandoned"};
    return name_of(names, state);
}

const char* to_string(step_state state) noexcept {
    static constexpr std::array names = {"waiting",      "sent",        "done",
                                         "rejected",     "in_doubt",    "skipped",
                                         "compensating", "compensated", "compensation_failed"};
    return name_of(names, state);
}

const char* to_string(step_kind kind) noexcept {
    static constexpr std::array names = {"step", "pivot", "retriable"};
    return name_of(names, kind);
}

const char* to_string(event_kind kind) noexcept {
    static constexpr std::array names = {
        "started", "progressed", "retried", "compensating", "compensation_failed", "suspended",
        "resumed", "late_reply", "noted",   "completed",    "compensated",         "abandoned"};
    return name_of(names, kind);
}

const char* to_string(message_kind kind) noexcept {
    static constexpr std::array names = {"command", "compensation", "reply", "status"};
    return name_of(names, kind);
}

const char* to_string(reply_outcome outcome) noexcept {
    static constexpr std::array names = {"success", "rejected", "unknown"};
    return name_of(names, outcome);
}

bool is_finished(saga_state state) noexcept {
    return state == saga_state::completed || state == saga_state::compensated ||
           state == saga_state::abandoned;
}

const step_progress& progress::step(std::string_view name) const {
    for (const auto& s : steps)
        if (s.name == name) return s;
    throw error(errc::invalid_argument, "the saga has no step named '" + std::string(name) + "'");
}

} // namespace sagaflow
