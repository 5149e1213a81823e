// One run of the machine over one record: what the machine's parts share.
#pragma once

#include "core/machine.hpp"

#include <functional>
#include <string>
#include <vector>

namespace sagaflow::core {

// A compensation that so many attempts have left unanswered is an operator's business (R9).
inline constexpr int alert_attempts = 10;

class machine_work {
  public:
    machine_work(const plan& definition, const machine_options& options, saga_record& r, time_point now)
        : plan_(definition), options_(options), r_(r), now_(now) {}

    // machine.cpp
    void note(event_kind kind) { kind_ = kind, noted_ = true; }
    void attribute(const verb_input& by); // who and why stand in the event
    void changed() { changed_ = true; }   // stored, but no event
    void suspend(suspension why, std::string reason);
    void resume();          // back to where it was going; clocks run again
    void send_unaccepted(); // what was to be sent when it was held
    transition finish();
    transition late(bool worth_a_note);

    // machine_forward.cpp
    void advance(); // as far as it goes without a new input
    void complete();
    bool past_no_return() const; // of this saga nothing can be undone any more
    bool is_settled(std::size_t i) const;
    std::optional<std::size_t> current_stage() const; // the first that is not finished
    void send(std::size_t i, bool compensation, std::string body);
    void send_again(std::size_t i, bool compensation, bool fresh);
    std::string make_body(std::size_t i, bool compensation) const; // throws what the user's function throws

    // machine_backward.cpp
    void turn(std::string reason);
    void run_clocks();
    void compensation_failed(std::size_t i, std::string reason, bool answered);
    std::vector<std::string> not_undone() const;

    // machine_reply.cpp: takes it in without advancing. False: it does not count (any more).
    bool take(const reply_input& in);
    void take_kept();
    bool is_kept(const reply_input& in) const;
    bool blocked() const;       // a step holds the saga up
    bool still_blocked() const; // the reason of the suspension holds on
    void go_on();               // after something was settled: resume if that was it, and advance

    // machine_timer.cpp
    duration delay_after(std::size_t i, bool compensation) const;
    bool attempts_left(std::size_t i, bool compensation) const;
    std::optional<time_point> next_due(std::size_t i) const;
    void on_timer();

    // machine_verbs.cpp
    std::optional<failure> operate(const verb_input& in);
    void retry();

    void set(std::size_t i, step_state to);
    const phase::suspended* suspended() const { return core::suspended(r_); }
    bool running() const { return std::holds_alternative<phase::running>(r_.phase); }
    bool compensating() const { return std::holds_alternative<phase::compensating>(r_.phase); }

  private:
    void forward();
    void backward();
    bool launch(std::size_t stage);     // false: all its steps were skipped
    bool undo_stage(std::size_t stage); // true: it has to be waited for
    void take_success(std::size_t i, const reply_input& in);
    void take_rejection(std::size_t i, const reply_input& in);
    void keep(const reply_input& in);
    bool take_action_reply(const reply_input& in);
    bool take_compensation_reply(const reply_input& in);
    bool guard_state(std::size_t i, const reply_input& in, const char* function,
                     const std::function<void()>& change); // false: it threw
    void expire(const std::vector<std::size_t>& used_up);
    void retry_due_attempts();
    void saga_timeout();
    void retry_steps();
    std::optional<failure> skip(const verb_input& in);
    bool skippable(std::size_t i, bool named) const;
    bool can_be_made(std::size_t i, bool compensation) const;
    std::optional<failure> undo(const verb_input& in);
    std::optional<failure> cancel(const verb_input& in);
    void write_status(event& e);
    std::string details() const;
    bool alert_wanted() const;
    event_kind final_kind() const;
    const retry_policy& policy(std::size_t i, bool compensation) const {
        return compensation ? plan_.steps[i].compensation_retry : plan_.steps[i].retry;
    }
    duration timeout_of(std::size_t i, bool compensation) const {
        return compensation ? plan_.steps[i].compensation_timeout : plan_.steps[i].timeout;
    }
    bool shares_stage(std::size_t i) const;

    const plan& plan_;
    const machine_options& options_;
    saga_record& r_;
    time_point now_;
    std::vector<std::size_t> touched_;
    std::vector<send_order> sends_;
    std::size_t retries_ = 0;
    event_kind kind_ = event_kind::progressed;
    bool noted_ = false, changed_ = false, turned_ = false, suspended_ = false, resumed_ = false;
    std::string event_reason_, who_, why_;
    int retried_attempt_ = 0;
};

std::string what_threw(); // the text of the exception that is being handled

} // namespace sagaflow::core
