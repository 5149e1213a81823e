#include "testing/witness.hpp"

#include "core/command_id.hpp"
#include "core/record.hpp"
#include "testing/broken.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::testing {

namespace {

bool was_sent(const core::step_record& s) {
    return s.state != step_state::waiting && (s.state != step_state::skipped || s.out);
}

bool undo_was_sent(const core::step_record& s) {
    return s.state == step_state::compensating || s.state == step_state::compensated ||
           s.state == step_state::compensation_failed;
}

} // namespace

std::string witness::command_of(const core::saga_record& r, std::size_t step) const {
    return r.id + "~" + std::to_string(r.birth) + "/" + what_.definition->steps[step].name;
}

void witness::durable(const batch& b, time_point now) {
    if (b.status_published != 0) check_cursor(b.status_published);
    for (const auto birth : b.purged) forget(birth);
    for (const auto& row : b.started) check_row(row, true, now);
    for (const auto& row : b.changed) check_row(row, false, now);
    for (const auto& row : b.finished) check_row(row, !sagas_.contains(row.birth), now);
    for (const auto& e : b.events) check_event(e);
}

void witness::forget(std::uint64_t birth) {
    const auto saga = sagas_.find(birth);
    if (saga == sagas_.end()) return;
    promise(core::is_finished(saga->second), "only finished sagas are purged", saga->second.id);
    const auto last = last_events_.find(birth);
    if (status_topic_ && last != last_events_.end()) check_cursor(last->second);
    births_.erase(saga->second.id);
    inputs_.erase(saga->second.id);
    purged_.insert(birth);
    sagas_.erase(saga);
}

void witness::check_row(const saga_row& row, bool is_new, time_point now) {
    auto after = core::decode(*what_.definition, row, now);
    if (is_new) {
        const auto [known, inserted] = births_.emplace(row.id, row.birth);
        promise(inserted || known->second == row.birth, "never two sagas for an id", row.id);
        sagas_[row.birth].steps.resize(what_.definition->steps.size());
    }
    const auto before = sagas_.find(row.birth);
    promise(before != sagas_.end(), "what changes was started", row.id);
    promise(!core::is_finished(before->second) || is_new || row.finished == before->second.finished,
            "nothing changes after the end", row.id);
    foresee_compensations(before->second, after);
    before->second = std::move(after);
    if (row.state == saga_state::suspended)
        promise(!core::reason_of(before->second).empty(), "a suspended saga has a reason", row.id);
    if (row.state == saga_state::compensated) check_compensated(before->second);
}

// What undoes a step must be known when it is sent: the step may be in doubt for ever.
void witness::foresee_compensations(const core::saga_record& before, const core::saga_record& after) {
    for (std::size_t i = 0; i < after.steps.size(); ++i) {
        const auto& compensate = what_.definition->steps[i].compensate;
        if (!compensate || was_sent(before.steps[i]) || !was_sent(after.steps[i])) continue;
        auto& f = undo_bodies_[command_of(after, i)];
        try {
            f = {true, compensate(after.state.get())};
        } catch (...) {
            f = {};
        }
    }
}

// The saga says that all is undone: nothing may be left of any step.
void witness::check_compensated(const core::saga_record& r) const {
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        const auto& s = r.steps[i];
        promise(s.state != step_state::sent && s.state != step_state::compensating,
                "a compensated saga waits for nothing", command_of(r, i));
        if (!what_.definition->steps[i].compensate || s.state == step_state::skipped) continue;
        promise(!services_.is_effective(command_of(r, i)),
                "a compensated saga leaves no step done and uncompensated", command_of(r, i));
    }
}

void witness::check_event(const event& e) {
    promise(e.seq > last_event_, "sequence numbers rise and never go back", std::to_string(e.seq));
    last_event_ = e.seq;
    auto& last = last_events_[e.birth];
    promise(e.previous == last, "events of a saga chain by `previous`", std::to_string(e.seq));
    promise(last != 0 || e.seq == e.birth, "a saga's birth is its first event", std::to_string(e.seq));
    promise(!over_.contains(e.birth), "the terminal event is the last", std::to_string(e.seq));
    if (e.is_terminal()) over_.insert(e.birth);
    last = e.seq;
    if (!e.status.empty()) statuses_[e.seq] = {e.saga_id, e.status, false};
}

void witness::check_cursor(std::uint64_t up_to) const {
    for (auto s = statuses_.begin(); s != statuses_.end() && s->first <= up_to; ++s)
        promise(s->second.accepted, "the status topic's cursor passes only what was accepted",
                std::to_string(s->first));
}

void witness::status_sent(const message& m) const {
    const auto known = statuses_.find(std::stoull(m.id));
    promise(known != statuses_.end(), "no status event leaves before its commit", m.id);
    promise(known->second.saga_id == m.saga_id && known->second.document == m.body,
            "a status event is always the same", m.id);
}

void witness::status_accepted(const message& m) {
    statuses_.at(std::stoull(m.id)).accepted = true;
}

void witness::restarted() {
    alerts_.clear();
    last_told_ = 0;
}

void witness::sent(const message& m) {
    if (m.kind == message_kind::status) return status_sent(m);
    const auto id = core::parse_command_id(m.id);
    promise(id && id->saga == m.saga_id && id->step == m.step, "a command's id names saga and step", m.id);
    const auto saga = sagas_.find(id->birth);
    const auto step = what_.definition->find(m.step);
    promise(saga != sagas_.end() && step.has_value(), "no effect before its commit", m.id);
    const auto& s = saga->second.steps[*step];
    const auto number = id->compensation ? s.compensation_number : s.action_number;
    promise((id->compensation ? undo_was_sent(s) : was_sent(s)) && id->number <= number,
            "no effect before its commit", m.id);
    const auto [known, is_new] = commands_.emplace(m.id, m);
    promise(is_new || known->second.body == m.body, "bodies under one command id never change", m.id);
    promise(is_new || known->second.issued == m.issued, "a command says always when it was first sent", m.id);
    if (id->number > 1) {
        auto earlier = *id;
        --earlier.number;
        const auto* answer = services_.answered(core::format(earlier));
        promise(answer && answer->outcome == reply_outcome::rejected,
                "an id changes only after a stored rejection", m.id);
    }
    if (!id->compensation) return;
    const auto& f = undo_bodies_[command_of(saga->second, *step)];
    promise(f.possible && f.body == m.body, ".compensate uses only what was known before its step was sent",
            m.id + ": it would have been " + (f.possible ? f.body : "impossible") + ", it is " + m.body);
}

void witness::acknowledged(const message& reply) {
    const auto id = core::parse_command_id(reply.causation_id);
    const auto saga = id ? sagas_.find(id->birth) : sagas_.end();
    if (saga == sagas_.end() || core::is_finished(saga->second)) {
        promise(!id || !births_.contains(id->saga) || saga != sagas_.end() ||
                    births_.find(id->saga)->second != id->birth,
                "a reply is acknowledged after its commit", reply.causation_id);
        return;
    }
    const auto& r = saga->second;
    const auto& s = r.steps[*what_.definition->find(id->step)];
    const bool kept = std::any_of(r.kept.begin(), r.kept.end(), [&](const core::kept_reply& k) {
        return k.step == id->step && k.compensation == id->compensation && k.number == id->number;
    });
    const bool newest = id->number == (id->compensation ? s.compensation_number : s.action_number);
    if (reply.outcome == reply_outcome::unknown) return; // an operator's retry may have followed at once
    bool open = s.state == step_state::sent || s.state == step_state::in_doubt;
    if (id->compensation)
        open = s.state == step_state::compensating ||
               (s.state == step_state::compensation_failed && !s.answered && !s.given_up);
    promise(!newest || kept || !open, "a reply is acknowledged after its commit", reply.causation_id);
}

void witness::started(const std::string& id, const core::answer_value& answer, std::size_t input) {
    const auto known = births_.find(id);
    if (const auto* why_not = std::get_if<failure>(&answer)) {
        promise(why_not->code == errc::unavailable || why_not->code == errc::overloaded ||
                    why_not->code == errc::id_conflict,
                "a start that is right is not refused", why_not->message);
        if (why_not->code == errc::id_conflict && known != births_.end() && inputs_.contains(id))
            promise(inputs_.find(id)->second != input, "the same input is no conflict", id);
        return;
    }
    const auto& s = std::get<sagaflow::started>(answer);
    if (!s.is_new && purged_.contains(s.birth)) return; // it was asked while the saga was there
    promise(known != births_.end() && known->second == s.birth, "no start is answered before its commit", id);
    const auto [it, first] = inputs_.emplace(id, input);
    promise(first || it->second == input, "another input is a conflict", id);
}

void witness::told(const event& e) {
    promise(e.seq <= last_event_, "no event is told before its commit", std::to_string(e.seq));
    promise(e.seq > last_told_, "events are told in order", std::to_string(e.seq));
    last_told_ = e.seq;
}

void witness::alerted(const alert& a) {
    const auto [it, first] = alerts_.emplace(a.saga_id, !a.over);
    promise(first || it->second == a.over, "an alert fires once, and again when it is over", a.saga_id);
    it->second = !a.over;
}

const core::saga_record* witness::find(const std::string& id) const {
    const auto birth = births_.find(id);
    return birth == births_.end() ? nullptr : &sagas_.find(birth->second)->second;
}

bool witness::all_ended() const {
    return std::all_of(sagas_.begin(), sagas_.end(), [](const auto& entry) {
        return core::is_finished(entry.second) || core::suspended(entry.second);
    });
}

std::vector<std::string> witness::suspended() const {
    std::vector<std::string> ids;
    for (const auto& [birth, r] : sagas_)
        if (core::suspended(r)) ids.push_back(r.id);
    return ids;
}

std::string witness::standing() const {
    std::string out;
    for (const auto& [birth, r] : sagas_) {
        if (core::is_finished(r) || core::suspended(r)) continue;
        out += r.id + " (" + to_string(core::state_of(r));
        for (std::size_t i = 0; i < r.steps.size(); ++i)
            out += " " + what_.definition->steps[i].name + "=" + to_string(r.steps[i].state);
        out += ") ";
    }
    return out;
}

void witness::at_rest(bool after_operators) const {
    if (status_topic_) check_cursor(last_event_);
    for (const auto& [birth, r] : sagas_) {
        if (core::state_of(r) == saga_state::compensated) check_compensated(r);
        const auto* held = core::suspended(r);
        const bool broken_function = held && held->why == core::suspension::function_threw;
        promise(!after_operators || !held || broken_function, "operators can bring every saga to its end",
                r.id + ": " + std::string(core::reason_of(r)));
        if (core::state_of(r) != saga_state::completed) continue;
        for (std::size_t i = 0; i < r.steps.size(); ++i)
            promise(r.steps[i].state != step_state::done || services_.is_effective(command_of(r, i)),
                    "what is done took effect", command_of(r, i));
    }
}

} // namespace sagaflow::testing
