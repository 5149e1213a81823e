// The stored record: writing. Reading is in record_reader.cpp; the format is in docs/store_schema.md.
#include "core/json_text.hpp"
#include "core/record.hpp"

namespace sagaflow::core {

namespace {

auto ms(time_point t) {
    return t.time_since_epoch().count();
}

void write_phase(std::string& out, const phase_record& p) {
    object_writer o(out);
    if (const auto* c = std::get_if<phase::compensating>(&p)) {
        o.text("reason", c->reason);
    } else if (const auto* d = std::get_if<phase::compensated>(&p)) {
        o.text("reason", d->reason);
    } else if (const auto* a = std::get_if<phase::abandoned>(&p)) {
        o.text("reason", a->reason);
    } else if (const auto* s = std::get_if<phase::suspended>(&p)) {
        o.text("why", to_string(s->why));
        o.text("reason", s->reason);
        if (s->compensating) o.text("compensating", *s->compensating);
    }
    o.close();
}

// A step of which only the state is to be told is a plain string.
bool is_plain(const step_record& s) noexcept {
    return !s.out && !s.reason && s.action_number == 1 && s.compensation_number == 1 && !s.taken &&
           !s.given_up && !s.answered && !s.late_noted && !s.late_compensation_noted;
}

void write_step(std::string& out, const step_record& s) {
    if (is_plain(s)) return append_string(out, to_string(s.state));
    object_writer o(out);
    o.text("is", to_string(s.state));
    if (s.action_number > 1) o.number("action", s.action_number);
    if (s.compensation_number > 1) o.number("compensation", s.compensation_number);
    if (s.taken) o.flag("taken");
    if (s.given_up) o.flag("given_up");
    if (s.answered) o.flag("answered");
    if (s.late_noted) o.flag("late");
    if (s.late_compensation_noted) o.flag("late_compensation");
    if (s.reason) o.text("reason", *s.reason);
    if (s.out) {
        o.number("attempt", s.out->attempt);
        o.number("issued", ms(s.out->issued));
        o.number("due", ms(s.out->due));
        if (s.out->body) o.text("body", *s.out->body); // as text: it is sent again as it was, byte for byte
    }
    o.close();
}

void write_kept(std::string& out, const std::vector<kept_reply>& kept) {
    out.push_back('[');
    for (const auto& k : kept) {
        if (out.back() != '[') out.push_back(',');
        object_writer o(out);
        o.text("step", k.step);
        if (k.compensation) o.flag("compensation");
        o.number("number", k.number);
        o.text("outcome", sagaflow::to_string(k.outcome));
        o.text("body", k.body); // as text: it may be what could not be read
        o.close();
    }
    out.push_back(']');
}

void write_steps(std::string& out, const plan& definition, const saga_record& r) {
    object_writer steps(out);
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        const auto& s = r.steps[i];
        if (s.state == step_state::waiting && is_plain(s)) continue;
        write_step(steps.key(definition.steps[i].name), s);
    }
    steps.close();
}

void write_record(std::string& out, const plan& definition, const saga_record& r) {
    out.reserve(128 + r.data.size() + r.status.size() + 32 * r.steps.size());
    object_writer o(out);
    if (!std::holds_alternative<phase::running>(r.phase)) write_phase(o.key("phase"), r.phase);
    write_steps(o.key("steps"), definition, r);
    if (r.due) o.number("due", ms(*r.due));
    if (r.due_noted) o.flag("due_noted");
    if (r.alerted) o.flag("alerted");
    if (r.late_replies != 0) o.number("late_replies", r.late_replies);
    if (r.trace) {
        o.text("trace_parent", r.trace->parent);
        o.text("trace_state", r.trace->state);
    }
    if (!r.kept.empty()) write_kept(o.key("kept"), r.kept);
    if (!r.status.empty()) o.text("status", r.status); // as text: compared with the next one
    o.raw("data", r.data);
    o.close();
}

} // namespace

saga_row encode(const plan& definition, const saga_record& r) {
    saga_row row;
    row.birth = r.birth;
    row.id = r.id;
    row.saga_type = definition.name;
    row.version = definition.version;
    row.state = state_of(r);
    row.input_hash = r.input_hash;
    row.started = r.started;
    row.finished = r.finished;
    row.last_event = r.last_event;
    write_record(row.record, definition, r);
    return row;
}

} // namespace sagaflow::core
