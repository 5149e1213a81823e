// Taking replies: what counts, what is late (R11), what can't be taken (R14).
#include "core/machine_work.hpp"
#include "core/planted.hpp"
#include "core/rejection_body.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::core {

namespace {
constexpr const char* too_old = "the command is older than its inbox remembers";
}

bool machine_work::take(const reply_input& in) {
    if (is_finished(r_) || is_kept(in)) return false;
    const auto take_it = [this](const reply_input& reply) {
        return reply.compensation ? take_compensation_reply(reply) : take_action_reply(reply);
    };
    const auto& step = plan_.steps[in.step];
    if (options_.rejections && in.outcome == reply_outcome::success) {
        const auto& type = in.compensation ? step.compensation_type : step.command_type;
        if (const auto reason = foreign_rejection(*options_.rejections, type, in.body))
            return take_it(
                {in.step, in.compensation, in.number, reply_outcome::rejected, write_rejection(*reason)});
    }
    return take_it(in);
}

bool machine_work::is_kept(const reply_input& in) const {
    const auto& name = plan_.steps[in.step].name;
    return std::any_of(r_.kept.begin(), r_.kept.end(), [&](const kept_reply& k) {
        return k.step == name && k.compensation == in.compensation && k.number == in.number;
    });
}

void machine_work::keep(const reply_input& in) {
    r_.kept.push_back({plan_.steps[in.step].name, in.compensation, in.number, in.outcome,
                       in.body.substr(0, options_.payload_bytes)});
}

// The first that can't be taken suspends the saga; it and the rest are kept on.
void machine_work::take_kept() {
    for (auto& k : std::exchange(r_.kept, {})) {
        const auto step = plan_.find(k.step);
        if (step && !suspended_)
            take({*step, k.compensation, k.number, k.outcome, std::move(k.body)});
        else if (step)
            r_.kept.push_back(std::move(k));
    }
}

// Runs a user's function that changes the state. If it throws, the state is as before, and the reply is kept.
bool machine_work::guard_state(std::size_t i, const reply_input& in, const char* function,
                               const std::function<void()>& change) {
    try {
        change();
        std::string data;
        data.reserve(r_.data.size() + 48); // hot sagas are many: no more than it needs
        plan_.encode(r_.state.get(), data);
        if (data.size() > options_.payload_bytes)
            throw error(errc::too_large, "the saga's state would be " + std::to_string(data.size()) +
                                             " bytes, over the limit of " +
                                             std::to_string(options_.payload_bytes));
        r_.data = std::move(data);
        return true;
    } catch (...) {
        const auto reason = "step '" + plan_.steps[i].name + "': " + function + " threw: " + what_threw();
        r_.state = plan_.decode(r_.data);
        keep(in);
        suspend(suspension::function_threw, reason);
        return false;
    }
}

void machine_work::take_success(std::size_t i, const reply_input& in) {
    const bool taken = guard_state(i, in, ".on_reply", [&] {
        if (in.body.size() > options_.payload_bytes)
            throw error(errc::too_large, "the reply is " + std::to_string(in.body.size()) +
                                             " bytes, over the limit of " +
                                             std::to_string(options_.payload_bytes));
        plan_.steps[i].on_reply(r_.state.get(), in.body);
    });
    if (!taken) return;
    r_.steps[i].out.reset();
    set(i, step_state::done);
}

void machine_work::take_rejection(std::size_t i, const reply_input& in) {
    auto& s = r_.steps[i];
    const auto& step = plan_.steps[i];
    const rejection why{read_rejection(in.body)};
    const bool in_doubt = s.state == step_state::in_doubt;
    if (step.on_rejected && !in_doubt) {
        if (!guard_state(i, in, ".on_rejected", [&] { step.on_rejected(r_.state.get(), why); })) return;
        s.taken = true;
    }
    s.out.reset();
    s.reason = std::make_unique<std::string>(why.reason);
    set(i, step_state::rejected);
    if (s.taken || compensating() || (suspended() && suspended()->compensating)) return;
    const auto text = "step '" + step.name + "' was rejected: " + why.reason;
    if (step.kind == step_kind::retriable) {
        return suspend(suspension::rejected, text);
    }
    if (!suspended() || !still_blocked()) turn(text); // else it turns when it goes on: resume()
}

bool machine_work::take_action_reply(const reply_input& in) {
    auto& s = r_.steps[in.step];
    if (in.number != s.action_number) return false;
    const bool late = s.state == step_state::compensating && planted(bug::late_reply_counts);
    if (s.state != step_state::sent && s.state != step_state::in_doubt && !late) return false;
    const auto& name = plan_.steps[in.step].name;
    switch (in.outcome) {
        case reply_outcome::success:
            take_success(in.step, in);
            break;
        case reply_outcome::rejected:
            take_rejection(in.step, in);
            break;
        case reply_outcome::unknown:
            if (s.state == step_state::in_doubt) return false; // it tells nothing new
            set(in.step, step_state::in_doubt);
            suspend(suspension::unanswered,
                    "the participant of step '" + name +
                        "' can't say whether it happened: " + read_reason(in.body, too_old));
            break;
    }
    return true;
}

bool machine_work::take_compensation_reply(const reply_input& in) {
    auto& s = r_.steps[in.step];
    if (in.number != s.compensation_number) return false;
    const bool open = s.state == step_state::compensating ||
                      (s.state == step_state::compensation_failed && !s.answered && !s.given_up);
    if (!open) return false;
    switch (in.outcome) {
        case reply_outcome::success:
            s.out.reset();
            s.reason.reset();
            set(in.step, step_state::compensated);
            break;
        case reply_outcome::rejected:
            compensation_failed(in.step, "rejected: " + read_rejection(in.body), true);
            break;
        case reply_outcome::unknown:
            if (s.state == step_state::compensation_failed) return false;
            compensation_failed(
                in.step, "the participant can't say whether it happened: " + read_reason(in.body, too_old),
                false);
            break;
    }
    return true;
}

bool machine_work::blocked() const {
    if (!r_.kept.empty()) return true; // a reply that could not be taken: retry takes it
    const bool back = suspended()->compensating != nullptr;
    for (std::size_t i = 0; i < r_.steps.size(); ++i) {
        const auto& s = r_.steps[i];
        const auto& step = plan_.steps[i];
        const bool rejected =
            step.kind == step_kind::retriable && s.state == step_state::rejected && !s.taken;
        const bool in_doubt = s.state == step_state::in_doubt && (!back || step.compensate);
        if (rejected || in_doubt || failed(s)) return true;
    }
    return false;
}

bool machine_work::still_blocked() const {
    switch (suspended()->why) {
        case suspension::rejected:
        case suspension::unanswered:
        case suspension::refused:
        case suspension::expired:
        case suspension::compensation_failed:
            return blocked();
        case suspension::function_threw:
        case suspension::not_hosted:
        case suspension::by_operator:
            break;
    }
    return true;
}

void machine_work::go_on() {
    if (suspended() && !suspended_ && !still_blocked()) {
        resume();
        send_unaccepted();
    }
    advance();
}

} // namespace sagaflow::core
