// Why does it hang? (R19)
#include "core/command_id.hpp"
#include "core/machine_work.hpp"
#include "core/report.hpp"

#include <algorithm>

namespace sagaflow::core {

namespace {

std::string two(unsigned n) {
    return (n < 10 ? "0" : "") + std::to_string(n);
}

std::string at(time_point t) {
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(t - day));
    return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) +
           "-" + two(static_cast<unsigned>(date.day())) + " " +
           two(static_cast<unsigned>(clock.hours().count())) + ":" +
           two(static_cast<unsigned>(clock.minutes().count())) + ":" +
           two(static_cast<unsigned>(clock.seconds().count())) + " UTC";
}

std::string span(duration d) {
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(d).count();
    if (s < 120) return std::to_string(std::max<std::int64_t>(s, 0)) + " s";
    if (s < 7200) return std::to_string(s / 60) + " min";
    return std::to_string(s / 3600) + " h";
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : ", ") + n;
    return out;
}

class explainer {
  public:
    explainer(const plan& p, const saga_record& r, time_point now) : plan_(p), r_(r), now_(now) {}

    explanation run(const std::function<std::string(const std::string&)>& address_of) {
        fill_saga();
        fill_waiting(address_of);
        fill_undoing();
        fill_verbs();
        write_text();
        return std::move(out_);
    }

  private:
    machine_work work() const {
        return {plan_, options_, const_cast<saga_record&>(r_), now_};
    } // only its const members are used

    void fill_saga() {
        auto row = encode(plan_, r_);
        out_.saga = report_of(row, true);
        out_.saga.steps.clear();
        for (std::size_t i = 0; i < r_.steps.size(); ++i) {
            const auto& s = r_.steps[i];
            out_.saga.steps.push_back({plan_.steps[i].name, s.state, s.reason ? *s.reason : std::string(),
                                       is_out(s) ? s.out->attempt : 0});
        }
        if (!is_finished(r_)) out_.saga_due = r_.due;
    }

    static bool is_out(const step_record& s) {
        return s.out && (s.state == step_state::sent || s.state == step_state::compensating);
    }

    void fill_waiting(const std::function<std::string(const std::string&)>& address_of) {
        const auto w = work();
        for (std::size_t i = 0; i < r_.steps.size(); ++i) {
            const auto& s = r_.steps[i];
            if (!is_out(s)) continue;
            outstanding_command c;
            c.step = plan_.steps[i].name;
            c.compensation = s.state == step_state::compensating;
            c.command_id = format({r_.id, r_.birth, c.step, c.compensation,
                                   c.compensation ? s.compensation_number : s.action_number});
            c.address =
                address_of(c.compensation ? plan_.steps[i].compensation_type : plan_.steps[i].command_type);
            c.attempt = s.out->attempt;
            c.attempts_allowed =
                (c.compensation ? plan_.steps[i].compensation_retry : plan_.steps[i].retry).attempts;
            c.first_sent = s.out->issued;
            c.accepted = s.out->accepted;
            if (!suspended(r_)) c.next_due = w.next_due(i);
            out_.waiting_for.push_back(std::move(c));
        }
    }

    void fill_undoing() {
        const bool past = work().past_no_return();
        const bool forward = !is_finished(r_) && !std::holds_alternative<phase::compensating>(r_.phase) &&
                             !(suspended(r_) && suspended(r_)->compensating);
        for (std::size_t i = r_.steps.size(); i-- > 0;) {
            const auto& s = r_.steps[i];
            const auto& name = plan_.steps[i].name;
            const bool effective =
                s.state == step_state::done || s.state == step_state::in_doubt || s.state == step_state::sent;
            const bool undoable = static_cast<bool>(plan_.steps[i].compensate);
            if (effective && undoable && forward && !past) out_.cancel_would_undo.push_back(name);
            if (effective && (!undoable || past || state_of(r_) == saga_state::completed))
                out_.cannot_be_undone.push_back(name);
            if (s.state == step_state::compensation_failed) out_.not_undone.push_back(name);
        }
    }

    void fill_verbs() {
        if (is_finished(r_)) return;
        const auto* s = suspended(r_);
        if (!s) out_.verbs.emplace_back("suspend");
        if (s && r_.state) out_.verbs.insert(out_.verbs.end(), {"retry", "skip"});
        if (s) out_.verbs.emplace_back("abandon");
        if (r_.state && !work().past_no_return() && !(s && s->compensating) &&
            !std::holds_alternative<phase::compensating>(r_.phase))
            out_.verbs.emplace_back("cancel");
        const bool pivot_in_doubt =
            std::any_of(r_.steps.begin(), r_.steps.end(), [&](const step_record& step) {
                const auto i = static_cast<std::size_t>(&step - r_.steps.data());
                return plan_.steps[i].kind == step_kind::pivot &&
                       (step.state == step_state::in_doubt || step.state == step_state::sent);
            });
        if (s && r_.state && pivot_in_doubt) out_.verbs.emplace_back("undo");
    }

    void write_text() {
        auto& t = out_.text;
        t = "Saga '" + r_.id + "' (" + plan_.name + " v" + std::to_string(plan_.version) + ") is " +
            sagaflow::to_string(state_of(r_));
        if (const auto why = reason_of(r_); !why.empty()) t += ": " + std::string(why);
        t += ".";
        for (const auto& c : out_.waiting_for) write_command(t, c);
        if (const auto* s = suspended(r_))
            t += std::string(" No timer runs while it is suspended (") + to_string(s->why) + ").";
        if (!out_.not_undone.empty()) t += " Not undone: " + joined(out_.not_undone) + ".";
        if (!out_.cancel_would_undo.empty())
            t += " A cancel now would undo: " + joined(out_.cancel_would_undo) + ".";
        if (!out_.cannot_be_undone.empty())
            t += " Can't be undone any more: " + joined(out_.cannot_be_undone) + ".";
        if (!out_.verbs.empty()) t += " An operator can: " + joined(out_.verbs) + ".";
    }

    void write_command(std::string& t, const outstanding_command& c) const {
        t += " It waits for the answer to the " + std::string(c.compensation ? "compensation" : "command") +
             " of step '" + c.step + "' at '" + c.address + "', first sent " + at(c.first_sent) + " (" +
             span(now_ - c.first_sent) + " ago), attempt " + std::to_string(c.attempt) +
             (c.attempts_allowed == unlimited ? "" : " of " + std::to_string(c.attempts_allowed));
        if (!c.accepted)
            t += "; the transport has not accepted it yet, so its clock does not run: look at the "
                 "transport's health";
        else if (c.next_due)
            t += "; if none comes, the next thing happens " + at(*c.next_due);
        t += ".";
    }

    const plan& plan_;
    const saga_record& r_;
    time_point now_;
    machine_options options_;
    explanation out_;
};

} // namespace

explanation explain(const plan& definition, const saga_record& r,
                    const std::function<std::string(const std::string&)>& address_of, time_point now) {
    return explainer(definition, r, now).run(address_of);
}

} // namespace sagaflow::core
