// Going forward: stages in order, each sent whole (R2).
#include "core/machine_work.hpp"
#include "core/planted.hpp"

#include <algorithm>

namespace sagaflow::core {

bool machine_work::is_settled(std::size_t i) const {
    const auto& s = r_.steps[i];
    return s.state == step_state::done || s.state == step_state::skipped ||
           (s.state == step_state::rejected && s.taken);
}

std::optional<std::size_t> machine_work::current_stage() const {
    for (std::size_t i = 0; i < r_.steps.size(); ++i)
        if (!is_settled(i)) return plan_.steps[i].stage;
    return std::nullopt;
}

bool machine_work::shares_stage(std::size_t i) const {
    const auto stage = plan_.steps[i].stage;
    return (i > 0 && plan_.steps[i - 1].stage == stage) ||
           (i + 1 < plan_.steps.size() && plan_.steps[i + 1].stage == stage);
}

bool machine_work::past_no_return() const {
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& s = r_.steps[i];
        const bool untouched = s.state == step_state::waiting || (s.state == step_state::skipped && !s.out);
        if (plan_.steps[i].kind == step_kind::retriable && !untouched) return true;
        if (plan_.steps[i].kind == step_kind::pivot && !untouched && s.state != step_state::rejected)
            return true;
    }
    return false;
}

std::string machine_work::make_body(std::size_t i, bool compensation) const {
    const auto& step = plan_.steps[i];
    auto body = compensation ? step.compensate(r_.state.get()) : step.send(r_.state.get());
    if (body.size() > options_.payload_bytes)
        throw error(errc::too_large, "the command is " + std::to_string(body.size()) +
                                         " bytes, over the limit of " +
                                         std::to_string(options_.payload_bytes));
    return body;
}

void machine_work::send(std::size_t i, bool compensation, std::string body) {
    auto& s = r_.steps[i];
    s.out = std::make_unique<outstanding>();
    s.out->issued = now_;
    s.out->due = now_ + timeout_of(i, compensation);
    if (shares_stage(i) && !planted(bug::body_changes_under_its_id))
        s.out->body = std::make_unique<std::string>(body);
    set(i, compensation ? step_state::compensating : step_state::sent);
    sends_.push_back({i, compensation, std::move(body)});
}

// The same command under the same id. `fresh`: its attempts begin anew (an operator's retry). Its age never
// does: a participant must not take it for new once its inbox has forgotten it (B8).
void machine_work::send_again(std::size_t i, bool compensation, bool fresh) {
    auto& s = r_.steps[i];
    std::string body;
    try {
        body = s.out->body ? *s.out->body : make_body(i, compensation);
    } catch (...) {
        suspend(suspension::function_threw,
                "step '" + plan_.steps[i].name + "': the command can't be made again: " + what_threw());
        return;
    }
    if (fresh) {
        s.out->attempt = 1;
        s.out->due = now_ + timeout_of(i, compensation);
        set(i, compensation ? step_state::compensating : step_state::sent);
    }
    s.out->accepted = false;
    sends_.push_back({i, compensation, std::move(body)});
}

bool machine_work::launch(std::size_t stage) {
    std::vector<std::pair<std::size_t, std::optional<std::string>>> bodies; // none: skipped
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& step = plan_.steps[i];
        if (step.stage != stage || is_settled(i)) continue;
        const char* function = ".when";
        try {
            if (step.when && !step.when(r_.state.get())) {
                bodies.emplace_back(i, std::nullopt);
                continue;
            }
            function = ".send";
            bodies.emplace_back(i, make_body(i, false));
        } catch (...) {
            suspend(suspension::function_threw,
                    "step '" + step.name + "': " + function + " threw: " + what_threw());
            return true;
        }
    }
    bool sent = false;
    for (auto& [i, body] : bodies) {
        if (body) {
            send(i, false, std::move(*body));
            sent = true;
        } else {
            set(i, step_state::skipped);
        }
    }
    return sent;
}

void machine_work::forward() {
    while (running()) {
        const auto stage = current_stage();
        if (!stage) return complete();
        for (std::size_t i = 0; i < r_.steps.size(); ++i)
            if (plan_.steps[i].stage == *stage && !is_settled(i) && r_.steps[i].state != step_state::waiting)
                return;
        if (launch(*stage)) return;
    }
}

void machine_work::complete() {
    r_.phase = phase::completed{};
    changed_ = noted_ = true;
}

void machine_work::advance() {
    forward();
    if (compensating()) backward();
}

} // namespace sagaflow::core
