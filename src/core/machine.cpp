#include "core/machine.hpp"

#include "core/json_text.hpp"
#include "core/machine_work.hpp"

#include <algorithm>
#include <array>

namespace sagaflow::core {

const char* to_string(verb v) noexcept {
    static constexpr std::array names = {"cancel", "suspend", "retry", "skip", "undo", "abandon"};
    return names[static_cast<std::size_t>(v)];
}

std::string what_threw() {
    try {
        throw;
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "something that is not a std::exception";
    }
}

void machine_work::set(std::size_t i, step_state to) {
    r_.steps[i].state = to;
    if (std::find(touched_.begin(), touched_.end(), i) == touched_.end()) touched_.push_back(i);
    changed_ = noted_ = true;
}

void machine_work::attribute(const verb_input& by) {
    who_ = by.who;
    why_ = by.why;
}

void machine_work::suspend(suspension why, std::string reason) {
    changed_ = noted_ = true;
    event_reason_ = reason;
    if (suspended()) return; // the first reason stands; what else went wrong is in the event
    phase::suspended s{why, std::move(reason), nullptr};
    if (auto* c = std::get_if<phase::compensating>(&r_.phase))
        s.compensating = std::make_unique<std::string>(std::move(c->reason));
    r_.phase = std::move(s);
    suspended_ = true;
}

void machine_work::resume() {
    auto& s = std::get<phase::suspended>(r_.phase);
    phase_record to = phase::running{};
    if (s.compensating) to = phase::compensating{std::move(*s.compensating)};
    r_.phase = std::move(to);
    resumed_ = noted_ = changed_ = true;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        auto& step = r_.steps[i];
        const bool compensation = step.state == step_state::compensating;
        if (step.out && (compensation || step.state == step_state::sent))
            step.out->due = now_ + timeout_of(i, compensation);
    }
    for (std::size_t i = 0; running() && i < r_.steps.size(); ++i) { // rejected meanwhile
        const auto& step = r_.steps[i];
        if (step.state == step_state::rejected && !step.taken && plan_.steps[i].kind != step_kind::retriable)
            turn("step '" + plan_.steps[i].name + "' was rejected: " + *step.reason);
    }
    if (compensating()) run_clocks();
}

void machine_work::send_unaccepted() {
    for (std::size_t i = 0; i < r_.steps.size() && !suspended(); ++i) {
        const auto& s = r_.steps[i];
        const bool compensation = s.state == step_state::compensating;
        if ((compensation || s.state == step_state::sent) && !s.out->accepted)
            send_again(i, compensation, false);
    }
}

std::string machine_work::details() const {
    std::string out;
    object_writer o(out);
    if (!touched_.empty()) {
        object_writer steps(o.key("steps"));
        for (const auto i : touched_) steps.text(plan_.steps[i].name, sagaflow::to_string(r_.steps[i].state));
        steps.close();
    }
    if (retried_attempt_ != 0) o.number("attempt", retried_attempt_);
    if (!event_reason_.empty()) o.text("reason", event_reason_);
    if (!who_.empty()) o.text("who", who_);
    if (!why_.empty()) o.text("why", why_);
    o.close();
    return out;
}

bool machine_work::alert_wanted() const {
    if (is_finished(r_)) return false;
    if (const auto* held = suspended(); held && held->why != suspension::by_operator) return true;
    if (r_.due_noted) return true;
    return std::any_of(r_.steps.begin(), r_.steps.end(), [](const step_record& step) {
        return (step.state == step_state::compensating && step.out->attempt > alert_attempts) || failed(step);
    });
}

event_kind machine_work::final_kind() const {
    switch (state_of(r_)) {
        case saga_state::completed:
            return event_kind::completed;
        case saga_state::compensated:
            return event_kind::compensated;
        case saga_state::abandoned:
            return event_kind::abandoned;
        default:
            break;
    }
    if (suspended_) return event_kind::suspended;
    if (turned_) return event_kind::compensating;
    if (resumed_) return event_kind::resumed;
    return kind_;
}

// The document after the transition. A .status that throws suspends the saga like any other function (R14); a
// saga that is at its end, or suspended already, just keeps its last document.
void machine_work::write_status(event& e) {
    if (!plan_.status || !r_.state) return;
    std::vector<step_progress> steps;
    steps.reserve(r_.steps.size());
    for (std::size_t i = 0; i < r_.steps.size(); ++i)
        steps.push_back({plan_.steps[i].name, r_.steps[i].state,
                         r_.steps[i].reason ? std::string_view(*r_.steps[i].reason) : std::string_view()});
    try {
        auto document = plan_.status(r_.state.get(), progress{state_of(r_), reason_of(r_), steps});
        if (document == r_.status) return;
        r_.status = std::move(document);
        e.status = r_.status;
    } catch (...) {
        const auto reason = ".status threw: " + what_threw();
        if (is_finished(r_) || suspended()) {
            event_reason_ += (event_reason_.empty() ? "" : "; ") + reason;
        } else {
            suspend(suspension::function_threw, reason);
            sends_.clear(); // they are outstanding in the record: a retry sends them
        }
    }
}

transition machine_work::finish() {
    transition t;
    if (!changed_) {
        t.sends = std::move(sends_); // a resend changes nothing that is stored
        return t;
    }
    if (is_finished(r_)) {
        r_.finished = now_;
        r_.kept.clear();
        sends_.clear();
    }
    if (noted_) {
        event e;
        write_status(e);
        e.at = now_;
        e.kind = final_kind();
        e.state = state_of(r_);
        if (turned_ && event_reason_.empty()) event_reason_ = reason_of(r_);
        e.details = details();
        t.note = std::move(e);
    }
    const bool wanted = alert_wanted();
    if (wanted != r_.alerted) t.alert = r_.alerted = wanted;
    t.happened = true;
    t.sends = std::move(sends_);
    t.retries = t.sends.empty() ? 0 : retries_; // an end or a suspension takes them back
    return t;
}

transition machine_work::late(bool worth_a_note) {
    transition t;
    if (worth_a_note) {
        ++r_.late_replies;
        note(event_kind::late_reply);
        changed();
        t = finish();
    }
    t.late = true;
    return t;
}

transition machine::start(saga_record& r, time_point now) const {
    machine_work w(plan_, options_, r, now);
    r.state = plan_.decode(r.data);
    r.data.clear();
    plan_.encode(r.state.get(), r.data); // from now on as this definition writes it
    r.started = now;
    r.phase = phase::running{};
    r.steps.clear();
    r.steps.resize(plan_.steps.size());
    if (plan_.timeout) r.due = now + *plan_.timeout;
    w.note(event_kind::started);
    w.changed();
    w.advance();
    return w.finish();
}

transition machine::reply(saga_record& r, const reply_input& in, time_point now) const {
    machine_work w(plan_, options_, r, now);
    if (!w.take(in)) {
        auto& s = r.steps[in.step];
        auto& noted = in.compensation ? s.late_compensation_noted : s.late_noted;
        const auto& number = in.compensation ? s.compensation_number : s.action_number;
        const bool repeated =
            in.compensation ? s.state == step_state::compensated || s.answered
                            : s.state == step_state::done || s.state == step_state::rejected || w.is_kept(in);
        const bool worth_a_note = !is_finished(r) && !repeated && !noted && in.number == number;
        if (worth_a_note) noted = true;
        return w.late(worth_a_note);
    }
    w.go_on();
    return w.finish();
}

transition machine::timer(saga_record& r, time_point now) const {
    machine_work w(plan_, options_, r, now);
    if (!is_finished(r) && !suspended(r)) w.on_timer();
    return w.finish();
}

std::variant<transition, failure> machine::operate(saga_record& r, const verb_input& in,
                                                   time_point now) const {
    machine_work w(plan_, options_, r, now);
    if (auto why_not = w.operate(in)) return std::move(*why_not);
    return w.finish();
}

transition machine::hosted(saga_record& r, time_point now) const {
    machine_work w(plan_, options_, r, now);
    const auto* s = suspended(r);
    if (s && s->why == suspension::not_hosted) {
        w.retry();
    } else if (s && s->why != suspension::function_threw && !r.kept.empty()) {
        w.take_kept();
        w.go_on();
    }
    return w.finish();
}

transition machine::refused(saga_record& r, std::size_t step, bool compensation, const std::string& reason,
                            time_point now) const {
    machine_work w(plan_, options_, r, now);
    auto& s = r.steps[step];
    const auto text = "the transport refused the command of step '" + plan_.steps[step].name + "': " + reason;
    if (!is_finished(r) && s.state == (compensation ? step_state::compensating : step_state::sent)) {
        const bool undone_anyway = !compensation && w.compensating();
        w.set(step, compensation ? step_state::compensation_failed : step_state::in_doubt);
        if (compensation) s.reason = std::make_unique<std::string>(text);
        if (undone_anyway)
            w.advance();
        else
            w.suspend(suspension::refused, text);
    }
    return w.finish();
}

void machine::accepted(saga_record& r, std::size_t step, bool compensation, int attempt,
                       time_point now) const {
    auto& s = r.steps[step];
    if (s.state != (compensation ? step_state::compensating : step_state::sent) || s.out->attempt != attempt)
        return;
    s.out->accepted = true;
    s.out->due = now + (compensation ? plan_.steps[step].compensation_timeout : plan_.steps[step].timeout);
}

transition machine::resend(saga_record& r, time_point now) const {
    machine_work w(plan_, options_, r, now);
    if (is_finished(r) || suspended(r)) return {};
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        const auto state = r.steps[i].state;
        const bool forward = state == step_state::sent && std::holds_alternative<phase::running>(r.phase);
        if (forward || state == step_state::compensating) w.send_again(i, !forward, false);
    }
    return w.finish();
}

transition machine::resend(saga_record& r, std::size_t step, bool compensation, time_point now) const {
    machine_work w(plan_, options_, r, now);
    w.send_again(step, compensation, false);
    return w.finish();
}

std::optional<time_point> machine::wake_time(const saga_record& r) const {
    if (is_finished(r) || suspended(r)) return std::nullopt;
    auto& record = const_cast<saga_record&>(r); // next_due only reads it
    const machine_work w(plan_, options_, record, time_point{});
    std::optional<time_point> wake;
    const auto consider = [&](std::optional<time_point> t) {
        if (t && (!wake || *t < *wake)) wake = t;
    };
    for (std::size_t i = 0; i < r.steps.size(); ++i) consider(w.next_due(i));
    if (std::holds_alternative<phase::running>(r.phase) && !r.due_noted) consider(r.due);
    return wake;
}

} // namespace sagaflow::core
