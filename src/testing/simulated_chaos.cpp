// What people and fate do while sagas run.
#include "testing/broken.hpp"
#include "testing/simulated_run.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::testing {

namespace {
using namespace std::chrono_literals;
constexpr std::uint64_t patience = 20000; // steps until what is calm must be at rest
} // namespace

void simulated_run::chaos_step() {
    const auto roll = dice_.below(100);
    if (roll < 70) {
        if (!happen()) time_passes();
    } else if (roll < 85) {
        time_passes();
    } else if (roll < 93) {
        client();
    } else if (roll < 95) {
        operate();
    } else {
        fate();
    }
}

void simulated_run::client() {
    const auto n = dice_.below(sagas_);
    const auto input = dice_.percent(90) ? n % what_.inputs.size() : dice_.below(what_.inputs.size());
    const auto token = ++next_token_;
    core::start_request request;
    request.saga_type = what_.definition->name;
    request.id = "saga-" + std::to_string(n);
    request.input = what_.inputs[input];
    request.caller = token;
    trace([&] { return "start " + request.id + " with " + request.input; });
    callers_[token] = {request.id, input, true};
    shard_->start(std::move(request));
    take_effects();
}

void simulated_run::operate() {
    static constexpr core::verb verbs[] = {core::verb::cancel, core::verb::cancel, core::verb::suspend,
                                           core::verb::retry,  core::verb::retry,  core::verb::undo,
                                           core::verb::abandon};
    const auto verb = verbs[dice_.below(std::size(verbs))];
    const auto token = ++next_token_;
    const auto id = "saga-" + std::to_string(dice_.below(sagas_));
    callers_[token] = {id, 0, false};
    if (dice_.percent(20)) {
        shard_->explain(id, token, now());
    } else {
        trace([&] { return std::string(core::to_string(verb)) + " " + id; });
        shard_->operate({id, {verb, "operator", "the dice said so", ""}, token}, now());
    }
    take_effects();
}

void simulated_run::fate() {
    const auto what = dice_.below(10);
    if (long_lasting_ && dice_.percent(30)) {
        trace([] { return "hours pass"; });
        real_ += duration(static_cast<duration::rep>(dice_.below(3 * 3600'000)));
    } else if (what < 4) {
        end_life();
        if (!long_lasting_ && dice_.percent(20))
            wall_offset_ += duration(static_cast<duration::rep>(dice_.below(7200'000)) - 3600'000);
        if (dice_.percent(30)) real_ += duration(static_cast<duration::rep>(dice_.below(600'000)));
        begin_life();
    } else if (what < 5) {
        fail_over();
    } else if (what < 8) {
        const auto t = dice_.below(transport_up_.size());
        transport_up_[t] = !transport_up_[t];
        trace([&] { return "transport " + std::to_string(t) + (transport_up_[t] ? " is up" : " is down"); });
    } else {
        host();
    }
}

void simulated_run::jump_to_wake() {
    auto next = wake_ ? *wake_ - wall_offset_ : real_ + 1s;
    for (const auto& i : under_way_) next = std::min(next, i.not_before);
    real_ = std::max(real_ + 1ms, next);
}

void simulated_run::time_passes() {
    if (calm_ || dice_.percent(40))
        jump_to_wake();
    else
        real_ += duration(static_cast<duration::rep>(dice_.below(dice_.percent(80) ? 100 : 15000)));
    if (wake_ && *wake_ <= now()) shard_->tick(now());
    take_effects();
}

// Faults are over: everything must come to an end, or stand still for a reason that operators can deal with.
void simulated_run::calm_down() {
    trace([] { return "calm"; });
    calm_ = true;
    transport_up_.assign(transport_up_.size(), true);
    host();
    settle();
    witness_.at_rest(false);
    for (int round = 0; round < 8; ++round) operate_all_suspended(core::verb::retry);
    if (long_lasting_) operate_all_suspended(core::verb::abandon); // what nobody can say any more
    witness_.at_rest(true);
}

void simulated_run::operate_all_suspended(core::verb what) {
    const auto ids = witness_.suspended();
    if (ids.empty()) return;
    for (const auto& id : ids) {
        trace([&] { return std::string(core::to_string(what)) + " " + id; });
        shard_->operate({id, {what, "operator", "", ""}, ++next_token_}, now());
    }
    take_effects();
    settle();
}

std::string simulated_run::standing() const {
    const auto f = shard_->figures();
    return witness_.standing() + "(" + std::to_string(under_way_.size()) + " things under way, " +
           std::to_string(f.loading) + " sagas being loaded, " + std::to_string(f.unaccepted) +
           " commands unaccepted, " + std::to_string(f.unsent) + " sagas in line" +
           (f.recovering ? ", recovering" : "") + (shard_->idle() ? ")" : ", a commit is due)");
}

void simulated_run::settle() {
    for (std::uint64_t n = 0;; ++n) {
        const bool quiet = std::none_of(under_way_.begin(), under_way_.end(), [&](const item& i) {
            return !is_stale(i) && !std::holds_alternative<read_asked>(i.what) &&
                   !std::holds_alternative<read_done>(i.what);
        });
        const auto f = shard_->figures();
        if (quiet && shard_->idle() && !f.recovering && f.status_unpublished == 0 && witness_.all_ended())
            return;
        promise(n < patience, "every saga ends or is suspended with a reason", standing());
        if (!happen()) time_passes();
    }
}

} // namespace sagaflow::testing
