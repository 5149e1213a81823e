#include "testing/simulated_run.hpp"

#include "testing/broken.hpp"

#include <sagaflow/memory.hpp>

#include <algorithm>
#include <utility>

namespace sagaflow::testing {

namespace {
using namespace std::chrono_literals;
constexpr std::uint64_t transports = 2;
constexpr duration short_command_lifetime = 1h;
constexpr duration short_inbox_retention = 2h;
} // namespace

simulated_run::simulated_run(const simulated& what, std::uint64_t seed, tracer trace)
    : what_(what),
      dice_(seed),
      trace_(std::move(trace)),
      long_lasting_(dice_.percent(20)),
      services_(what, dice_, long_lasting_ ? short_inbox_retention : duration(24h * 30)),
      status_topic_(dice_.percent(40)),
      witness_(what, services_, status_topic_),
      store_(memory::make_store()),
      transport_up_(transports, true) {
    sagas_ = 1 + dice_.below(4);
    if (dice_.percent(60)) limits_.hot_sagas = 1 + dice_.below(3);
    if (dice_.percent(50)) limits_.unaccepted_publishes = 1 + dice_.below(3);
    retention_ = dice_.percent(20) ? duration(30s) : duration(24h);
}

void simulated_run::go() {
    begin_life();
    const auto steps = 20 + dice_.below(200);
    for (std::uint64_t i = 0; i < steps; ++i) chaos_step();
    calm_down();
}

core::shard_options simulated_run::options_for_life() {
    core::shard_options o;
    o.reply_address = "simulation.replies";
    o.transports = transports;
    o.route = [](const std::string& type) {
        return core::target{type.empty() ? 0U : static_cast<unsigned char>(type.back()) % transports,
                            "services"};
    };
    if (status_topic_) o.status = core::target{1, "status"};
    o.limits = limits_;
    o.retention = retention_;
    if (long_lasting_) o.command_lifetime = short_command_lifetime;
    if (dice_.percent(20)) o.resend_per_second = 1 + dice_.below(100);
    o.timer_poll = dice_.percent(50) ? 1s : 30s;
    return o;
}

void simulated_run::begin_life() {
    ++life_;
    for (const auto& b : std::exchange(applied_, {})) witness_.durable(*b, now());
    witness_.restarted();
    shard_ = std::make_unique<core::shard>(options_for_life(), store_->claim(0, "simulation"));
    wake_.reset();
    hosted_ = !bad_luck(15);
    trace([&] {
        return "engine " + std::to_string(life_) + " begins" + (hosted_ ? "" : ", nothing hosted yet");
    });
    if (hosted_) shard_->host(what_.definition, now());
    shard_->begin_recovery(now());
    take_effects();
}

void simulated_run::host() {
    if (std::exchange(hosted_, true)) return;
    trace([] { return "the definition is hosted"; });
    shard_->host(what_.definition, now());
    take_effects();
}

// It dies here: all that it asked for and was not told of is gone, but for what the store and the transport
// have.
void simulated_run::end_life() {
    trace([&] { return "engine " + std::to_string(life_) + " dies"; });
    shard_.reset();
    callers_.clear();
    std::vector<message> left;
    for (auto& i : under_way_) { // a commit may be with the store already; the rest of the process is gone
        auto* c = std::get_if<commit_asked>(&i.what);
        if (c && !is_stale(i) && dice_.percent(50)) apply(*c->b);
        auto* p = std::get_if<publish_asked>(&i.what);
        if (p && !is_stale(i) && p->content.kind != message_kind::status && dice_.percent(50))
            left.push_back(std::move(p->content));
    }
    std::erase_if(under_way_, [](const item& i) { return i.life != 0; });
    for (auto& m : left) travel(std::move(m));
    for (auto& [token, m] : std::exchange(deliveries_, {})) put(in_flight{std::move(m)});
}

// Another engine takes the shard over while this one still has things under way.
void simulated_run::fail_over() {
    trace([] { return "another engine takes the shard over"; });
    callers_.clear();
    auto old = std::move(shard_);
    for (auto& [token, m] : std::exchange(deliveries_, {})) put(in_flight{std::move(m)});
    begin_life();
    old->stop();
    promise(!old->take_effects(now()).commit, "an engine that was stopped does nothing any more");
}

void simulated_run::put(work w, duration delay) {
    const bool network = std::holds_alternative<in_flight>(w);
    under_way_.push_back({network ? 0 : life_, real_ + delay, std::move(w)});
}

void simulated_run::take_answer(const core::answer& a) {
    const auto found = callers_.find(a.caller);
    if (found == callers_.end()) return;
    const auto c = std::move(found->second);
    callers_.erase(found);
    if (const auto* why_not = std::get_if<failure>(&a.value)) {
        trace(
            [&] { return "answer for " + c.id + ": " + to_string(why_not->code) + ": " + why_not->message; });
        promise(why_not->code != errc::corrupt, "what is stored can be read", why_not->message);
        if (!hosted_) return;
    }
    if (c.start) witness_.started(c.id, a.value, c.input);
}

void simulated_run::take_effects() {
    auto e = shard_->take_effects(now());
    for (const auto& told : e.notify) {
        trace([&] {
            return "event " + std::to_string(told->seq) + " " + told->saga_id + " " + to_string(told->kind) +
                   " " + told->details;
        });
        witness_.told(*told);
    }
    for (const auto& a : e.alerts) witness_.alerted(a);
    for (const auto& a : e.answers) take_answer(a);
    for (std::size_t t = 0; t < e.publish.size(); ++t)
        for (std::size_t i = 0; i < e.publish[t].messages.size(); ++i) {
            auto& m = e.publish[t].messages[i];
            witness_.sent(m);
            put(publish_asked{t, e.publish[t].tickets[i], std::move(m)});
        }
    for (const auto delivery : e.acknowledge) {
        const auto found = deliveries_.find(delivery);
        promise(found != deliveries_.end(), "a delivery is acknowledged once");
        witness_.acknowledged(found->second);
        put(acknowledgement{delivery});
    }
    for (auto& r : e.reads) put(read_asked{std::move(r)}, bad_luck(10) ? 500ms : 0ms);
    if (e.commit) put(commit_asked{std::move(e.commit)});
    wake_ = e.wake;
}

} // namespace sagaflow::testing
