// Operator verbs (R12, R13).
#include "core/machine_work.hpp"

#include <algorithm>

namespace sagaflow::core {

namespace {

failure wrong_state(const saga_record& r, const std::string& what_to_do) {
    return {errc::wrong_state,
            "saga '" + r.id + "' is " + sagaflow::to_string(state_of(r)) + "; " + what_to_do};
}

} // namespace

std::optional<failure> machine_work::cancel(const verb_input& in) {
    if (compensating()) return std::nullopt; // it is being undone already
    const auto* s = suspended();
    if (s && s->compensating)
        return wrong_state(r_, "it was compensating already: retry, skip or abandon it");
    if (past_no_return())
        return failure{errc::past_pivot,
                       "saga '" + r_.id + "' has passed its point of no return: it can only go forward"};
    r_.kept.clear();
    turn("cancelled by " + in.who + (in.why.empty() ? "" : ": " + in.why));
    advance();
    return std::nullopt;
}

bool machine_work::can_be_made(std::size_t i, bool compensation) const {
    try {
        const auto& when = plan_.steps[i].when;
        if (compensation || !when || when(r_.state.get())) make_body(i, compensation);
        return true;
    } catch (...) {
        return false;
    }
}

// A step that holds the suspended saga up; `named`: the operator asked for just this one.
bool machine_work::skippable(std::size_t i, bool named) const {
    const auto& s = r_.steps[i];
    const auto& held = *suspended();
    if (held.compensating) {
        if (s.state == step_state::compensation_failed) return !s.given_up;
        if (s.state == step_state::compensating) return named;
        const bool to_be_undone =
            plan_.steps[i].compensate && (s.state == step_state::done || s.state == step_state::in_doubt);
        return to_be_undone && held.why == suspension::function_threw && !can_be_made(i, true);
    }
    if (s.state == step_state::in_doubt || (s.state == step_state::rejected && !s.taken)) return true;
    const bool kept = std::any_of(r_.kept.begin(), r_.kept.end(),
                                  [&](const kept_reply& k) { return k.step == plan_.steps[i].name; });
    if (kept) return true;
    const bool current = !is_settled(i) && plan_.steps[i].stage == current_stage();
    return current && (named || (held.why == suspension::function_threw && s.state == step_state::waiting &&
                                 !can_be_made(i, false)));
}

std::optional<failure> machine_work::skip(const verb_input& in) {
    if (!in.step.empty() && !plan_.find(in.step))
        return failure{errc::invalid_argument, "saga '" + r_.id + "' has no step '" + in.step + "'"};
    bool skipped = false;
    const bool back = suspended()->compensating != nullptr;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& name = plan_.steps[i].name;
        if ((!in.step.empty() && in.step != name) || !skippable(i, !in.step.empty())) continue;
        skipped = true;
        set(i, back ? step_state::compensation_failed : step_state::skipped);
        r_.steps[i].given_up = back;
        r_.steps[i].reason =
            std::make_unique<std::string>("skipped by " + in.who + (in.why.empty() ? "" : ": " + in.why));
        std::erase_if(r_.kept, [&](const kept_reply& k) { return k.step == name; });
    }
    if (!skipped)
        return wrong_state(r_, in.step.empty() ? "no step holds it up: name one, or use retry or abandon"
                                               : "step '" + in.step + "' does not hold it up");
    const bool threw = suspended()->why == suspension::function_threw;
    if (threw ? r_.kept.empty() && !blocked() : !still_blocked()) {
        resume();
        send_unaccepted();
    }
    advance();
    return std::nullopt;
}

std::optional<failure> machine_work::undo(const verb_input& in) {
    if (suspended()->compensating) return wrong_state(r_, "it is being undone already");
    std::optional<std::size_t> pivot;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& s = r_.steps[i];
        const bool out = s.state == step_state::in_doubt || s.state == step_state::sent;
        if (plan_.steps[i].kind == step_kind::pivot && out) pivot = i;
        if (plan_.steps[i].kind == step_kind::retriable && s.state != step_state::waiting)
            return failure{errc::past_pivot,
                           "a step after the pivot was sent already: the saga can only go forward"};
    }
    if (!pivot) return wrong_state(r_, "no pivot is in doubt, so there is nothing to vouch for");
    auto& s = r_.steps[*pivot];
    s.out.reset();
    s.reason = std::make_unique<std::string>("did not happen, says " + in.who +
                                             (in.why.empty() ? "" : ": " + in.why));
    set(*pivot, step_state::rejected);
    r_.kept.clear();
    turn("step '" + plan_.steps[*pivot].name + "' " + *s.reason);
    advance();
    return std::nullopt;
}

// Sends again what is out, and anew what was rejected (R3: only then under a new id).
void machine_work::retry_steps() {
    for (std::size_t i = 0; i < r_.steps.size() && !suspended(); ++i) {
        auto& s = r_.steps[i];
        const bool back = compensating();
        try {
            if (!back && s.state == step_state::rejected && !s.taken &&
                plan_.steps[i].kind == step_kind::retriable) {
                auto body = make_body(i, false);
                ++s.action_number;
                s.late_noted = false;
                s.reason.reset();
                send(i, false, std::move(body));
            } else if (!back && (s.state == step_state::in_doubt || s.state == step_state::sent)) {
                send_again(i, false, true);
            } else if (s.state == step_state::compensation_failed && !s.given_up && s.answered) {
                auto body = make_body(i, true);
                ++s.compensation_number;
                s.late_compensation_noted = s.answered = false;
                s.reason.reset();
                send(i, true, std::move(body));
            } else if ((s.state == step_state::compensation_failed && !s.given_up) ||
                       s.state == step_state::compensating) {
                s.reason.reset();
                send_again(i, true, true);
            }
        } catch (...) {
            suspend(suspension::function_threw,
                    "step '" + plan_.steps[i].name + "': the command can't be made: " + what_threw());
        }
    }
}

void machine_work::retry() {
    resume();
    take_kept();
    if (suspended()) return;
    if (!turned_) retry_steps();
    advance();
}

std::optional<failure> machine_work::operate(const verb_input& in) {
    if (is_finished(r_)) return wrong_state(r_, "nothing can be done to it any more");
    attribute(in);
    if (in.what == verb::cancel && !r_.state)
        return wrong_state(r_, "its version is not hosted: host it first");
    if (in.what == verb::cancel) return cancel(in);
    if (in.what == verb::suspend) {
        if (suspended()) return wrong_state(r_, "it is held already");
        suspend(suspension::by_operator, "suspended by " + in.who + (in.why.empty() ? "" : ": " + in.why));
        return std::nullopt;
    }
    if (!suspended())
        return wrong_state(r_, std::string("suspend it before you ") + to_string(in.what) + " it");
    if (in.what == verb::abandon) {
        r_.phase = phase::abandoned{"abandoned by " + in.who + (in.why.empty() ? "" : ": " + in.why)};
        changed_ = noted_ = true;
        return std::nullopt;
    }
    if (!r_.state) return wrong_state(r_, "its version is not hosted: host it and it goes on by itself");
    if (in.what == verb::skip) return skip(in);
    if (in.what == verb::undo) return undo(in);
    retry();
    return std::nullopt;
}

} // namespace sagaflow::core
