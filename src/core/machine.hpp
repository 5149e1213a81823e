// machine: what one saga does next. (plan, record, input, now) → record', effects. Synchronous,
// deterministic, no I/O.
//
// The machine decides                          its caller (the shard) does
//   what is sent, again or first                 makes messages of it, after the commit
//   when a step is settled, given up, undone     keeps time and calls on_timer at wake_time
//   when the saga turns, stops, ends             stores the record and the event in one batch
//   what watchers see and operators must know    hands events out, raises alerts
#pragma once

#include "core/foreign_rejection.hpp"
#include "core/record.hpp"

#include <sagaflow/event.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sagaflow::core {

// A command to send once the transition is durable.
struct send_order {
    std::size_t step = 0;
    bool compensation = false;
    std::string body;
};

// What an input did. `happened` is false if it changed nothing that is stored.
struct transition {
    bool happened = false;
    std::optional<event> note; // without seq, previous and saga
    std::vector<send_order> sends;
    std::optional<bool> alert; // true: raise it; false: it is over
    bool late = false;         // the reply was late or repeated (R11)
    std::size_t retries = 0;   // commands that are sent again because no answer came in time
};

struct reply_input {
    std::size_t step = 0;
    bool compensation = false;
    std::uint32_t number = 1;
    reply_outcome outcome = reply_outcome::success;
    std::string body; // of a rejection: {"reason":"…"}
};

struct machine_options {
    duration command_lifetime = std::chrono::hours(24 * 20);
    std::size_t payload_bytes = 64 * 1024; // of a command's body and of the state
    const foreign_rejections* rejections = nullptr;
};

enum class verb : std::uint8_t { cancel, suspend, retry, skip, undo, abandon };
const char* to_string(verb v) noexcept;

struct verb_input {
    verb what = verb::cancel;
    std::string who;
    std::string why;
    std::string step; // of skip: only this one
};

class machine {
  public:
    machine(const plan& definition, machine_options options) : plan_(definition), options_(options) {}

    // The record has id, birth, input_hash, trace and data set. Throws sagaflow::error(invalid_argument) if
    // data can't be decoded.
    transition start(saga_record& r, time_point now) const;
    transition reply(saga_record& r, const reply_input& in, time_point now) const;
    transition timer(saga_record& r, time_point now) const;
    // A failure in place of a transition: wrong_state or past_pivot; the record is unchanged.
    std::variant<transition, failure> operate(saga_record& r, const verb_input& in, time_point now) const;
    // The version is hosted (again): takes the replies that were kept, and goes on if that was the reason for
    // the suspension.
    transition hosted(saga_record& r, time_point now) const;
    // The transport will never take this command.
    transition refused(saga_record& r, std::size_t step, bool compensation, const std::string& reason,
                       time_point now) const;

    // The transport has the attempt: its clock starts (moved in memory only, R5).
    void accepted(saga_record& r, std::size_t step, bool compensation, int attempt, time_point now) const;
    // Its outstanding commands, unchanged, for sending again (R16). Their clocks stop until they are
    // accepted. A command body that can't be made any more suspends the saga: that is the transition.
    transition resend(saga_record& r, time_point now) const;
    // The same for one of them.
    transition resend(saga_record& r, std::size_t step, bool compensation, time_point now) const;

    // When timer() wants to be called; none while nothing runs.
    std::optional<time_point> wake_time(const saga_record& r) const;

  private:
    const plan& plan_;
    machine_options options_;
};

// Suspends a saga whose version is not hosted; keeps replies for it raw (R15). `r` was read with
// placeholder_plan().
transition suspend_not_hosted(saga_record& r, std::string reason, time_point now);
transition keep_reply(saga_record& r, const std::string& step, bool compensation, std::uint32_t number,
                      reply_outcome outcome, std::string body);
// A plan made from a stored record alone: the steps' names, nothing to call.
plan placeholder_plan(const saga_row& row);

} // namespace sagaflow::core
