// Starts, operator verbs and explanations: handed to the shard, waited for.
#include "core/machine.hpp"
#include "runtime/checks.hpp"
#include "runtime/engine_impl.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sagaflow {

namespace {

constexpr duration verb_deadline = std::chrono::seconds(30);

failure too_many_callers(std::size_t bound) {
    return {errc::overloaded, "there are " + std::to_string(bound) +
                                  " calls under way (engine_limits::pending_starts): try again later"};
}

} // namespace

std::optional<failure> engine::impl::refusal(const core::start_request& request) const {
    if (auto why = runtime::check_saga_id(request.id)) return why;
    if (request.input.size() > options.limits.payload_bytes)
        return failure{errc::too_large, "the input of saga '" + request.id + "' has " +
                                            std::to_string(request.input.size()) + " bytes; at most " +
                                            std::to_string(options.limits.payload_bytes) +
                                            " are taken (engine_limits::payload_bytes)"};
    return std::nullopt;
}

template <class Request>
core::answer_value engine::impl::call(Request request, duration deadline) {
    const auto until =
        std::chrono::steady_clock::now() + std::min<duration>(deadline, std::chrono::hours(24 * 365));
    const auto id = request.id;
    runtime::waiting_call call;
    const auto token = waiting.add(call);
    if (!token) return too_many_callers(options.limits.pending_starts);
    request.caller = *token;
    if (!running() || !inputs->push(std::move(request))) {
        if (waiting.remove(*token)) return why_not_running();
        return call.wait();
    }
    if (auto answer = call.wait_until(until)) return std::move(*answer);
    if (!waiting.remove(*token)) return call.wait(); // it is being answered right now
    return failure{errc::outcome_unknown, "no answer about saga '" + id + "' within " +
                                              std::to_string(deadline.count()) +
                                              " ms: ask again with the same id"};
}

void engine::impl::start_saga(core::start_request request, runtime::start_handler done) {
    if (auto why = refusal(request)) return done(std::move(*why));
    if (!running()) return done(why_not_running());
    const auto token = waiting.add(done);
    if (!token) return done(too_many_callers(options.limits.pending_starts));
    request.caller = *token;
    if (inputs->push(std::move(request))) return;
    if (const auto removed = waiting.remove(*token)) (*removed)(why_not_running());
}

result<started> engine::start_encoded(const std::string& saga_type, std::string id, std::string input,
                                      start_options options, duration deadline) {
    core::start_request request{saga_type, std::move(id), std::move(input), std::move(options), 0};
    if (auto why = impl_->refusal(request)) return std::move(*why);
    return runtime::as_started(impl_->call(std::move(request), deadline));
}

void engine::async_start_encoded(const std::string& saga_type, std::string id, std::string input,
                                 start_options options, std::function<void(result<started>)> done) {
    impl_->start_saga({saga_type, std::move(id), std::move(input), std::move(options), 0}, std::move(done));
}

namespace {

core::verb_request request_of(core::verb what, const std::string& id, const operator_note& note,
                              const std::string& step = {}) {
    return {id, {what, note.who, note.why, step}, 0};
}

} // namespace

result<void> engine::cancel(const std::string& id, const operator_note& note) {
    return runtime::as_done(impl_->call(request_of(core::verb::cancel, id, note), verb_deadline));
}

result<void> engine::suspend(const std::string& id, const operator_note& note) {
    return runtime::as_done(impl_->call(request_of(core::verb::suspend, id, note), verb_deadline));
}

result<void> engine::retry(const std::string& id, const operator_note& note) {
    return runtime::as_done(impl_->call(request_of(core::verb::retry, id, note), verb_deadline));
}

result<void> engine::skip(const std::string& id, const operator_note& note, const std::string& step) {
    return runtime::as_done(impl_->call(request_of(core::verb::skip, id, note, step), verb_deadline));
}

result<void> engine::undo(const std::string& id, const operator_note& note) {
    return runtime::as_done(impl_->call(request_of(core::verb::undo, id, note), verb_deadline));
}

result<void> engine::abandon(const std::string& id, const operator_note& note) {
    return runtime::as_done(impl_->call(request_of(core::verb::abandon, id, note), verb_deadline));
}

result<explanation> engine::explain(const std::string& id) {
    return runtime::as_explanation(impl_->call(runtime::explain_request{id, 0}, verb_deadline));
}

} // namespace sagaflow
