// Going back: the newest stage first, the steps of a stage side by side, each stage after all its steps are
// settled (R8).
#include "core/machine_work.hpp"
#include "core/planted.hpp"

namespace sagaflow::core {

void machine_work::turn(std::string reason) {
    const auto* held = suspended();
    if (held && held->compensating) return;
    const bool was_held = held != nullptr;
    r_.phase = phase::compensating{std::move(reason)};
    turned_ = changed_ = noted_ = true;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) { // an attempt that was being waited after is over (R7)
        const auto& s = r_.steps[i];
        if (s.state == step_state::sent && s.out->accepted && s.out->due <= now_)
            set(i, step_state::in_doubt);
    }
    if (was_held) run_clocks();
}

// What was to be sent when the saga was held is not in line any more, and while it is being undone it is not
// sent again: its clock runs, and then it is in doubt.
void machine_work::run_clocks() {
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& s = r_.steps[i];
        if (s.state != step_state::sent || s.out->accepted) continue;
        s.out->accepted = true;
        s.out->due = now_ + timeout_of(i, false);
    }
}

void machine_work::compensation_failed(std::size_t i, std::string reason, bool answered) {
    auto& s = r_.steps[i];
    s.answered = answered;
    s.reason = std::make_unique<std::string>(std::move(reason));
    set(i, step_state::compensation_failed);
    kind_ = event_kind::compensation_failed;
    event_reason_ = "the compensation of step '" + plan_.steps[i].name + "' failed: " + *s.reason;
    if (plan_.compensation_failure == on_compensation_failure::go_on) return;
    std::string text = event_reason_ + "; not undone:";
    for (const auto& name : not_undone()) text += " " + name;
    suspend(suspension::compensation_failed, std::move(text));
}

std::vector<std::string> machine_work::not_undone() const {
    std::vector<std::string> names;
    for (std::size_t i = r_.steps.size(); i-- > 0;) {
        const auto& s = r_.steps[i];
        const bool effective = s.state == step_state::done || s.state == step_state::in_doubt ||
                               s.state == step_state::sent || s.state == step_state::compensating;
        if ((effective && plan_.steps[i].compensate) || s.state == step_state::compensation_failed)
            names.push_back(plan_.steps[i].name);
    }
    return names;
}

bool machine_work::undo_stage(std::size_t stage) {
    std::vector<std::pair<std::size_t, std::string>> bodies;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& s = r_.steps[i];
        if (plan_.steps[i].stage != stage) continue;
        if (s.state == step_state::sent || s.state == step_state::compensating)
            return !planted(bug::ends_before_all_is_undone);
        if ((s.state != step_state::done && s.state != step_state::in_doubt) || !plan_.steps[i].compensate)
            continue;
        if (s.state == step_state::in_doubt && planted(bug::in_doubt_not_compensated)) continue;
        try {
            bodies.emplace_back(i, make_body(i, true));
        } catch (...) {
            suspend(suspension::function_threw,
                    "step '" + plan_.steps[i].name + "': .compensate threw: " + what_threw());
            return true;
        }
    }
    for (auto& [i, body] : bodies) send(i, true, std::move(body));
    return !bodies.empty();
}

void machine_work::backward() {
    for (std::size_t stage = plan_.stage_count(); stage-- > 0;)
        if (undo_stage(stage)) return;
    bool given_up = false;
    std::string failed;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& s = r_.steps[i];
        if (s.state != step_state::compensation_failed) continue;
        given_up = given_up || s.given_up;
        if (!s.given_up) failed += " " + plan_.steps[i].name;
    }
    if (!failed.empty())
        return suspend(suspension::compensation_failed, "everything else is undone; not undone:" + failed);
    auto reason = std::get<phase::compensating>(r_.phase).reason;
    if (given_up)
        r_.phase = phase::abandoned{"a compensation was skipped; " + reason};
    else
        r_.phase = phase::compensated{std::move(reason)};
    changed_ = noted_ = true;
}

} // namespace sagaflow::core
