#include "testing/services.hpp"

#include "core/barrier.hpp"
#include "core/command_id.hpp"
#include "core/rejection_body.hpp"
#include "testing/broken.hpp"

#include <sagaflow/memory.hpp>

namespace sagaflow::testing {

namespace {

struct trouble {}; // a handler that throws, a transaction that is lost

std::string command_of(const message& m) {
    const auto id = core::parse_command_id(m.id);
    promise(id.has_value(), "a command's id is of the form that the wire format says", m.id);
    return std::string(core::common_part(m.id, *id));
}

} // namespace

services::services(const simulated& what, dice& d, duration retention)
    : what_(what),
      dice_(d),
      retention_(retention),
      inbox_(memory::make_inbox({.now = [this] { return now_; }})) {}

bool services::wants_to_reject(const message& command, bool calm) {
    if (command.kind == message_kind::compensation) return !calm && dice_.percent(3);
    const auto step = what_.definition->find(command.step);
    const bool final_step = what_.definition->steps[*step].kind == step_kind::retriable;
    return final_step ? !calm && dice_.percent(4) : dice_.percent(8);
}

// What a handler does. Its writes count when the transaction does.
inbox_answer services::serve(const message& command, bool calm, effects& would_be) {
    if (!calm && dice_.percent(4)) throw trouble{};
    if (wants_to_reject(command, calm)) return {reply_outcome::rejected, core::write_rejection("not-today")};
    if (command.kind == message_kind::compensation) {
        promise(would_be.acted == 1, "no compensation touches what its action did not make", command.id);
        promise(++would_be.undone == 1, "no handler takes effect twice", command.id);
    } else {
        promise(would_be.undone == 0, "an action does nothing after its compensation", command.id);
        promise(++would_be.acted == 1, "no handler takes effect twice", command.id);
    }
    if (!calm && dice_.percent(2)) throw trouble{};
    const auto make = what_.answers.find(command.type);
    return {reply_outcome::success, make == what_.answers.end() ? "{}" : make->second(command.body)};
}

void services::note_answer(const message& command, const inbox_answer& answer) {
    const auto [known, is_new] = answers_.emplace(command.id, answer);
    promise(is_new || (known->second.outcome == answer.outcome && known->second.body == answer.body),
            "a command that was seen before gets the stored answer again", command.id);
    if (command.kind == message_kind::compensation && answer.outcome == reply_outcome::success)
        promise(!is_effective(command_of(command)), "a step that was answered as undone is undone",
                command.id);
}

std::optional<message> services::handle(const message& command, time_point now, bool calm) {
    const auto key = command_of(command);
    auto would_be = effects_[key];
    std::optional<core::passed> passed;
    now_ = now;
    if (dice_.one_in(4)) inbox_->purge(now - retention_, 1 + dice_.below(8));
    try {
        inbox_->transaction([&](inbox_transaction& tx) {
            tx.savepoint([&] {
                const auto work = [&](inbox_transaction*, const message& m) {
                    return serve(m, calm, would_be);
                };
                passed = core::pass(tx, command, now, retention_, work);
            });
            if (!calm && dice_.percent(1)) throw trouble{};
        });
    } catch (const trouble&) {
        return std::nullopt;
    }
    effects_[key] = would_be;
    if (passed->how != core::passage::too_old) note_answer(command, passed->answer);
    message reply;
    reply.address = command.reply_to;
    reply.source = "services";
    reply.type = command.type;
    reply.kind = message_kind::reply;
    reply.outcome = passed->answer.outcome;
    reply.saga_id = command.saga_id;
    reply.saga_type = command.saga_type;
    reply.step = command.step;
    reply.causation_id = command.id;
    reply.body = std::move(passed->answer.body);
    return reply;
}

const inbox_answer* services::answered(const std::string& command_id) const {
    const auto it = answers_.find(command_id);
    return it == answers_.end() ? nullptr : &it->second;
}

bool services::is_effective(const std::string& command) const {
    const auto it = effects_.find(command);
    return it != effects_.end() && it->second.acted > it->second.undone;
}

bool services::ever_took_effect(const std::string& command) const {
    const auto it = effects_.find(command);
    return it != effects_.end() && it->second.acted > 0;
}

} // namespace sagaflow::testing
