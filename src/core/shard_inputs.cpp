// The shard's inputs from callers and participants.
#include "core/command_id.hpp"
#include "core/machine_work.hpp"
#include "core/planted.hpp"
#include "core/report.hpp"
#include "core/shard_impl.hpp"

#include <algorithm>

namespace sagaflow::core {

namespace {

constexpr std::size_t max_id_bytes = 128;

std::optional<failure> check(const start_request& r, const shard_options& options) {
    const bool control = std::any_of(
        r.id.begin(), r.id.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (r.id.empty() || r.id.size() > max_id_bytes || control)
        return failure{errc::invalid_argument, "a saga id is 1 to 128 bytes without control characters"};
    if (r.input.size() > options.limits.payload_bytes)
        return failure{errc::too_large, "the start input is " + std::to_string(r.input.size()) +
                                            " bytes, over the limit of " +
                                            std::to_string(options.limits.payload_bytes)};
    return std::nullopt;
}

} // namespace

// FNV-1a, 64 bit: stored, so it never changes.
std::uint64_t hash_input(std::string_view saga_type, std::string_view input) {
    std::uint64_t h = 14695981039346656037ULL;
    const auto add = [&](char c) { h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL; };
    for (const char c : saga_type) add(c);
    add('\0');
    for (const char c : input) add(c);
    return h;
}

void shard::impl::start(start_request request) {
    auto refuse = [&](failure why) {
        ++figures.refused_starts;
        answer_to(free_to_leave, request.caller, std::move(why));
    };
    if (refusing || stopped)
        return refuse({errc::stopped, "the engine is stopping: start the saga at another one"});
    if (!trouble.empty()) return refuse({errc::unavailable, "the store can't take work now: " + trouble});
    if (auto wrong = check(request, options)) return refuse(std::move(*wrong));
    const auto known = hosted.find(request.saga_type);
    if (known == hosted.end())
        return refuse({errc::invalid_argument, "no saga named '" + request.saga_type + "' is hosted here"});
    if (pending_starts >= options.limits.pending_starts)
        return refuse({errc::overloaded, std::to_string(pending_starts) +
                                             " starts are waiting to become durable: try again later"});
    ++pending_starts;
    if (auto* saga = hot.find(request.id))
        return answer_known(request, saga->definition->name, saga->record.input_hash, saga->record.birth,
                            state_of(saga->record), after(*saga));
    const auto id = request.id;
    wait_for_load(id, {std::move(request)});
}

void shard::impl::answer_known(const start_request& request, const std::string& saga_type, std::uint64_t hash,
                               std::uint64_t birth, saga_state state, released& into) {
    ++into.starts;
    if (saga_type == request.saga_type && hash == hash_input(saga_type, request.input))
        return answer_to(into, request.caller, started{birth, false, state});
    answer_to(into, request.caller,
              failure{errc::id_conflict,
                      "the saga id '" + request.id + "' is taken by a start with another input"});
}

void shard::impl::start_new(start_request request, time_point now) {
    auto saga = std::make_unique<hot_saga>();
    saga->definition = hosted.at(request.saga_type).rbegin()->second;
    auto& r = saga->record;
    r.id = std::move(request.id);
    r.birth = last_event + 1;
    r.input_hash = hash_input(request.saga_type, request.input);
    r.data = std::move(request.input);
    if (!request.options.trace_parent.empty())
        r.trace = std::make_unique<trace_context>(
            trace_context{std::move(request.options.trace_parent), std::move(request.options.trace_state)});
    transition t;
    try {
        t = machine(*saga->definition, machine_settings).start(r, now);
    } catch (...) {
        ++figures.refused_starts;
        ++free_to_leave.starts;
        return answer_to(
            free_to_leave, request.caller,
            failure{errc::invalid_argument, std::string("the start input can't be read: ") + what_threw()});
    }
    auto& kept = hot.insert(std::move(saga), true);
    ++figures.started;
    apply(kept, std::move(t));
    ++after(kept).starts;
    answer_to(after(kept), request.caller, started{kept.record.birth, true, state_of(kept.record)});
}

void shard::impl::operate(verb_request request, time_point now) {
    if (!trouble.empty())
        return answer_to(free_to_leave, request.caller,
                         failure{errc::unavailable, "the store can't take work now: " + trouble});
    if (auto* saga = hot.find(request.id)) return operate_hot(*saga, request, now);
    const auto id = request.id;
    wait_for_load(id, {std::move(request)});
}

void shard::impl::operate_hot(hot_saga& saga, const verb_request& request, time_point now) {
    hot.touch(saga);
    auto result = machine_for(saga).operate(saga.record, request.input, now);
    if (auto* why_not = std::get_if<failure>(&result))
        return answer_to(after(saga), request.caller, std::move(*why_not));
    apply(saga, std::move(std::get<transition>(result)));
    answer_to(after(saga), request.caller, std::monostate{});
}

void shard::impl::explain_hot(hot_saga& saga, token caller, time_point now) {
    const auto address = [&](const std::string& type) {
        return type.empty() ? std::string() : options.route(type).address;
    };
    answer_to(after(saga), caller, core::explain(*saga.definition, saga.record, address, now));
}

void shard::impl::reply(message content, token delivery, time_point now) {
    ++figures.replies;
    std::string id = content.saga_id;
    if (const auto parsed = parse_command_id(content.causation_id)) id = parsed->saga;
    if (id.empty() || id.size() > max_id_bytes) {
        ++figures.unknown_replies;
        free_to_leave.acknowledge.push_back(delivery);
        return;
    }
    if (auto* saga = hot.find(id)) return reply_hot(*saga, content, delivery, now);
    wait_for_load(id, {pending_input::reply{std::move(content), delivery}});
}

void shard::impl::reply_hot(hot_saga& saga, const message& content, token delivery, time_point now) {
    hot.touch(saga);
    const auto parsed = parse_command_id(content.causation_id);
    const std::string_view name = parsed ? parsed->step : std::string_view(content.step);
    const auto step = saga.definition->find(name);
    if (!step || (parsed && parsed->birth != saga.record.birth)) {
        ++figures.unknown_replies;
        after(saga).acknowledge.push_back(delivery);
        return;
    }
    const auto& s = saga.record.steps[*step];
    reply_input in;
    in.step = *step;
    in.compensation = parsed ? parsed->compensation
                             : s.state == step_state::compensating || s.state == step_state::compensated ||
                                   s.state == step_state::compensation_failed;
    in.number = parsed ? parsed->number : (in.compensation ? s.compensation_number : s.action_number);
    in.outcome = content.outcome;
    in.body = content.body;
    if (saga.hosted) {
        auto t = machine_for(saga).reply(saga.record, in, now);
        if (t.late) ++figures.late_replies;
        apply(saga, std::move(t));
    } else {
        apply(saga, keep_reply(saga.record, std::string(name), in.compensation, in.number, in.outcome,
                               in.body.substr(0, options.limits.payload_bytes)));
    }
    auto& leaves = planted(bug::reply_acknowledged_before_commit) ? free_to_leave : after(saga);
    leaves.acknowledge.push_back(delivery);
}

void shard::impl::tick(time_point now) {
    std::vector<hot_saga*> due; // first all, then their turns: each has one in a tick
    while (auto* saga = timers.pop_due(now)) due.push_back(saga);
    for (auto* saga : due) apply(*saga, machine_for(*saga).timer(saga->record, now));
}

} // namespace sagaflow::core
