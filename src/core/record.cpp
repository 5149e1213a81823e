#include "core/record.hpp"

#include <array>

namespace sagaflow::core {

const char* to_string(suspension why) noexcept {
    static constexpr std::array names = {"rejected",       "unanswered", "compensation_failed",
                                         "function_threw", "not_hosted", "refused",
                                         "expired",        "by_operator"};
    const auto i = static_cast<std::size_t>(why);
    return i < names.size() ? names[i] : "unknown";
}

saga_state state_of(const saga_record& r) noexcept {
    static constexpr std::array states = {saga_state::running,   saga_state::compensating,
                                          saga_state::completed, saga_state::compensated,
                                          saga_state::suspended, saga_state::abandoned};
    return states[r.phase.index()];
}

std::string_view reason_of(const saga_record& r) noexcept {
    if (const auto* p = std::get_if<phase::compensating>(&r.phase)) return p->reason;
    if (const auto* p = std::get_if<phase::compensated>(&r.phase)) return p->reason;
    if (const auto* p = std::get_if<phase::suspended>(&r.phase)) return p->reason;
    if (const auto* p = std::get_if<phase::abandoned>(&r.phase)) return p->reason;
    return {};
}

} // namespace sagaflow::core
