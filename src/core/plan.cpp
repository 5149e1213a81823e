#include <sagaflow/error.hpp>
#include <sagaflow/plan.hpp>

#include <algorithm>
#include <set>

namespace sagaflow {

namespace {

constexpr std::size_t max_name_bytes = 64;
constexpr duration longest = std::chrono::hours(24 * 365 * 10); // due times must stay times

bool name_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

void check_name(std::string& wrong, const std::string& what, const std::string& name) {
    if (name.empty() || name.size() > max_name_bytes ||
        !std::all_of(name.begin(), name.end(), name_character))
        wrong += "\n  " + what + " '" + name + "': a name is 1 to 64 letters, digits, '.', '_' or '-'";
}

void check_retry(std::string& wrong, const std::string& what, const retry_policy& r) {
    if (r.attempts < 1) wrong += "\n  " + what + ": attempts must be at least 1";
    if (r.first_delay < duration::zero() || r.max_delay < r.first_delay || r.max_delay > longest)
        wrong += "\n  " + what +
                 ": delays must not be negative, max_delay not under first_delay nor over ten years";
}

void check_step(std::string& wrong, const step_plan& s) {
    const auto what = "step '" + s.name + "'";
    check_name(wrong, "step", s.name);
    if (s.command_type.empty()) wrong += "\n  " + what + ": its command has an empty type";
    if (s.timeout <= duration::zero() || s.timeout > longest)
        wrong += "\n  " + what + ": timeout must be positive and at most ten years";
    check_retry(wrong, what + " retry", s.retry);
    if (!s.compensate) return;
    if (s.compensation_type.empty()) wrong += "\n  " + what + ": its compensation has an empty type";
    if (s.compensation_timeout <= duration::zero() || s.compensation_timeout > longest)
        wrong += "\n  " + what + ": compensation_timeout must be positive and at most ten years";
    check_retry(wrong, what + " compensation_retry", s.compensation_retry);
}

} // namespace

std::optional<std::size_t> plan::find(std::string_view step) const noexcept {
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (steps[i].name == step) return i;
    return std::nullopt;
}

std::string fingerprint(const plan& definition) {
    std::string out;
    for (const auto& s : definition.steps) {
        out += "stage " + std::to_string(s.stage + 1) + ": " + to_string(s.kind) + " " + s.name + " sends " +
               s.command_type;
        if (!s.compensation_type.empty()) out += ", undone by " + s.compensation_type;
        out += "\n";
    }
    return out;
}

void validate(const plan& definition) {
    std::string wrong;
    check_name(wrong, "saga", definition.name);
    if (definition.version < 1) wrong += "\n  version must be at least 1";
    if (definition.steps.empty()) wrong += "\n  it has no steps";
    if (definition.timeout && (*definition.timeout <= duration::zero() || *definition.timeout > longest))
        wrong += "\n  timeout must be positive and at most ten years";
    std::set<std::string_view> names;
    for (const auto& s : definition.steps) {
        check_step(wrong, s);
        if (!names.insert(s.name).second) wrong += "\n  step '" + s.name + "': the name is used twice";
    }
    if (!wrong.empty())
        throw error(errc::invalid_argument,
                    "the definition of saga '" + definition.name + "' is not valid:" + wrong);
}

} // namespace sagaflow
