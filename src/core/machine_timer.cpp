// Time: attempts that were not answered (R5, R6), and the saga's own timeout (R12).
#include "core/machine_work.hpp"
#include "core/planted.hpp"

namespace sagaflow::core {

namespace {

// FNV-1a, then a finalizer: spreads retries without anything random in the core.
std::uint64_t spread(std::uint64_t birth, std::string_view step, bool compensation, int attempt) {
    std::uint64_t h = 14695981039346656037ULL ^ birth;
    for (const char c : step) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    h ^= (static_cast<std::uint64_t>(attempt) << 1) | (compensation ? 1U : 0U);
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
    return h ^ (h >> 31);
}

bool worth_an_event(int attempt) {
    return (attempt & (attempt - 1)) == 0;
} // the 2nd, 4th, 8th … (R18)

} // namespace

duration machine_work::delay_after(std::size_t i, bool compensation) const {
    const auto& p = policy(i, compensation);
    const int attempt = r_.steps[i].out->attempt;
    auto delay = p.first_delay;
    for (int n = 1; n < attempt && delay.count() > 0 && delay < p.max_delay; ++n)
        delay = delay > p.max_delay / 2 ? p.max_delay : delay * 2;
    const auto half = delay.count() / 2;
    if (half == 0) return delay;
    const auto h = spread(r_.birth, plan_.steps[i].name, compensation, attempt);
    return delay - duration(static_cast<duration::rep>(h % static_cast<std::uint64_t>(half + 1)));
}

bool machine_work::attempts_left(std::size_t i, bool compensation) const {
    return r_.steps[i].out->attempt < policy(i, compensation).attempts;
}

// When the step's outstanding attempt wants attention: at its timeout if that is the end of it, else after
// the delay.
std::optional<time_point> machine_work::next_due(std::size_t i) const {
    const auto& s = r_.steps[i];
    const bool compensation = s.state == step_state::compensating;
    if ((s.state != step_state::sent && !compensation) || !s.out->accepted) return std::nullopt;
    const bool again = attempts_left(i, compensation) && (compensation || running());
    return again ? s.out->due + delay_after(i, compensation) : s.out->due;
}

void machine_work::expire(const std::vector<std::size_t>& used_up) {
    for (const auto i : used_up) {
        const auto& step = plan_.steps[i];
        auto& s = r_.steps[i];
        const auto attempts =
            std::to_string(s.out->attempt) + (s.out->attempt == 1 ? " attempt" : " attempts");
        if (s.state == step_state::compensating) {
            compensation_failed(i, "not answered in " + attempts, false);
            continue;
        }
        set(i, step_state::in_doubt);
        if (!running()) continue;
        const auto text = "step '" + step.name + "' was not answered in " + attempts;
        if (step.kind == step_kind::compensatable)
            turn(text);
        else
            suspend(suspension::unanswered, text + "; what happened is unknown");
    }
}

void machine_work::retry_due_attempts() {
    for (std::size_t i = 0; i < r_.steps.size() && !suspended(); ++i) {
        const auto due = next_due(i);
        if (!due || *due > now_) continue;
        auto& s = r_.steps[i];
        const bool compensation = s.state == step_state::compensating;
        if (now_ - s.out->issued >= options_.command_lifetime) {
            const auto text =
                "step '" + plan_.steps[i].name + "' was not answered within the command lifetime";
            set(i, compensation ? step_state::compensation_failed : step_state::in_doubt);
            if (compensation)
                s.reason = std::make_unique<std::string>("not answered within the command lifetime");
            suspend(suspension::expired, text);
            return;
        }
        ++s.out->attempt;
        if (planted(bug::retry_with_a_new_id)) ++s.action_number;
        s.out->due = now_ + timeout_of(i, compensation);
        changed();
        if (worth_an_event(s.out->attempt)) {
            if (!noted_) note(event_kind::retried);
            set(i, s.state);
            retried_attempt_ = s.out->attempt;
        }
        const auto sent = sends_.size();
        send_again(i, compensation, false);
        retries_ += sends_.size() - sent;
    }
}

void machine_work::saga_timeout() {
    if (!running() || r_.due_noted || !r_.due || *r_.due > now_) return;
    if (!past_no_return()) return turn("the saga's timeout passed");
    r_.due_noted = true;
    note(event_kind::noted);
    changed();
    event_reason_ = "the saga's timeout passed after the point of no return";
}

void machine_work::on_timer() {
    std::vector<std::size_t> used_up;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto due = next_due(i);
        if (!due || *due > now_) continue;
        const bool compensation = r_.steps[i].state == step_state::compensating;
        if (!attempts_left(i, compensation) || (!compensation && !running())) used_up.push_back(i);
    }
    expire(used_up);
    saga_timeout();
    retry_due_attempts();
    advance();
}

} // namespace sagaflow::core
