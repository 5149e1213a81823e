#include "core/barrier.hpp"

#include "core/command_id.hpp"
#include "core/planted.hpp"

#include <string>
#include <utility>

namespace sagaflow::core {

namespace {

// An id of another make says nothing of action and compensation: such a command stands alone, and only B1 and
// B5 hold for it.
inbox_key key_of(const message& command) {
    inbox_key key;
    key.source = command.source;
    if (const auto id = parse_command_id(command.id)) {
        key.command = common_part(command.id, *id);
        key.compensation = id->compensation;
        key.number = id->number;
    } else {
        key.command = command.id;
    }
    return key;
}

bool is_older(time_point since, time_point now, duration retention) {
    return since != time_point{} && now - since >= retention;
}

} // namespace

passed pass(inbox_transaction& tx, const message& command, time_point now, duration retention,
            const barrier_handler& handler) {
    if (is_older(command.issued, now, retention) && !planted(bug::old_commands_are_handled)) {
        return {passage::too_old, {reply_outcome::unknown, "{}"}};
    }
    const auto key = key_of(command);
    auto rows = tx.claim(key);
    if (rows.answer && !planted(bug::handler_runs_again)) return {passage::repeated, std::move(*rows.answer)};

    passed out{};
    if (key.compensation && !rows.action_effective && is_older(command.started, now, retention)) {
        // The action may have been forgotten: to call it null could leave it standing.
        out = {passage::too_old, {reply_outcome::unknown, "{}"}};
    } else if (key.compensation && !rows.action_effective &&
               !planted(bug::compensation_of_nothing_reaches_its_handler)) {
        out = {passage::null_compensation, {reply_outcome::success, "{}"}};
    } else if (!key.compensation && rows.compensation_seen &&
               !planted(bug::action_runs_after_its_compensation)) {
        out = {passage::compensated, {reply_outcome::rejected, R"({"reason":"compensated"})"}};
    } else {
        out = {passage::handled, handler(&tx, command)};
    }
    tx.answer(key, out.answer);
    return out;
}

} // namespace sagaflow::core
