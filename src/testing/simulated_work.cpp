// What is under way happens, or fails to.
#include "testing/broken.hpp"
#include "testing/simulated_run.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::testing {

namespace {
using namespace std::chrono_literals;
}

// One of the things under way, any. False: there is none that can come now.
bool simulated_run::happen() {
    if (under_way_.empty()) return false;
    const auto first = dice_.below(under_way_.size());
    for (std::size_t n = 0; n < under_way_.size(); ++n) {
        const auto at = (first + n) % under_way_.size();
        if (under_way_[at].not_before > real_) continue;
        auto i = std::move(under_way_[at]);
        if (at + 1 != under_way_.size()) under_way_[at] = std::move(under_way_.back());
        under_way_.pop_back();
        carry_out(i);
        return true;
    }
    return false;
}

void simulated_run::carry_out(item& i) {
    const bool stale = is_stale(i);
    std::visit([&](auto& w) { on(w, stale); }, i.what);
    if (!stale && !bad_luck(20)) take_effects(); // else it comes together with what is next
}

// False: the store refused it because another engine owns the shard.
bool simulated_run::apply(const batch& b) {
    try {
        store_->commit(b);
    } catch (const store_error& e) {
        promise(e.which() == store_error::kind::fenced, "the store never has reason to refuse a batch",
                e.what());
        return false;
    }
    const bool again =
        std::any_of(applied_.begin(), applied_.end(), [&](const auto& a) { return a->number == b.number; });
    if (!again) applied_.push_back(std::make_shared<const batch>(b));
    return true;
}

void simulated_run::on(commit_asked& c, bool stale) {
    if (stale) return promise(!apply(*c.b), "an old epoch can't commit");
    if (bad_luck(8)) {
        trace([&] { return "commit " + std::to_string(c.b->number) + " fails"; });
        shard_->commit_in_trouble("the disk is full");
        return put(std::move(c), 200ms);
    }
    trace([&] { return "commit " + std::to_string(c.b->number); });
    promise(apply(*c.b), "the owner of a shard can commit");
    if (bad_luck(5)) { // it was applied, but nobody knows: tried again as it was
        shard_->commit_in_trouble("the connection broke");
        return put(std::move(c), 200ms);
    }
    put(commit_done{std::move(c.b)});
}

void simulated_run::on(commit_done& c, bool stale) {
    if (stale) return;
    for (const auto& b : std::exchange(applied_, {})) witness_.durable(*b, now());
    shard_->committed(c.b->number, now());
}

void simulated_run::on(read_asked& r, bool stale) {
    if (stale) return;
    if (bad_luck(5)) return put(std::move(r), 100ms);
    read_done done{std::move(r.read), {}, {}, {}};
    if (done.read.kind == core::store_read::what::load)
        done.rows = store_->load(done.read.ids);
    else if (done.read.kind == core::store_read::what::events)
        done.events = store_->events(done.read.after, std::nullopt, done.read.filter.limit);
    else
        done.page = store_->list(done.read.filter, done.read.after);
    put(std::move(done), bad_luck(10) ? 300ms : 0ms);
}

void simulated_run::on(read_done& r, bool stale) {
    if (stale) return;
    if (r.read.kind == core::store_read::what::load)
        shard_->loaded(r.read.ticket, std::move(r.rows), now());
    else if (r.read.kind == core::store_read::what::events)
        shard_->events_read(r.read.ticket, std::move(r.events), now());
    else
        shard_->listed(r.read.ticket, std::move(r.page), now());
}

void simulated_run::on(publish_asked& p, bool stale) {
    auto& m = p.content;
    const auto id = m.id;
    auto verdict = published::verdict::accepted;
    if (!transport_up_[p.transport] || bad_luck(8))
        verdict = published::verdict::failed;
    else if (bad_luck(1))
        verdict = published::verdict::refused;
    trace([&] {
        static constexpr const char* words[] = {"accepted", "failed", "refused"};
        return "publish " + id + " #" + std::to_string(m.attempt) + " " + m.body + ": " +
               words[static_cast<int>(verdict)];
    });
    if (m.kind == message_kind::status) {
        if (verdict != published::verdict::failed) witness_.status_accepted(m);
        if (!stale) put(publish_done{p.ticket, verdict}, bad_luck(10) ? 2s : 0ms);
        return;
    }
    const bool arrives =
        verdict == published::verdict::accepted ||
        (verdict == published::verdict::failed && transport_up_[p.transport] && dice_.one_in(2));
    if (arrives) travel(std::move(m));
    if (!stale) put(publish_done{p.ticket, verdict}, bad_luck(10) ? 2s : 0ms);
}

void simulated_run::on(publish_done& p, bool stale) {
    if (stale) return;
    shard_->publish_reported(p.ticket, p.verdict,
                             p.verdict == published::verdict::accepted ? "" : "simulated", now());
}

// The acknowledgement reaches the transport: it does not deliver the reply again.
void simulated_run::on(acknowledgement& a, bool stale) {
    if (!stale) deliveries_.erase(a.delivery);
}

void simulated_run::travel(message m) {
    if (bad_luck(6))
        return trace(
            [&] { return "lost: " + (m.kind == message_kind::reply ? "reply to " + m.causation_id : m.id); });
    if (bad_luck(6)) put(in_flight{m}, duration(static_cast<duration::rep>(dice_.below(20000))));
    put(in_flight{std::move(m)},
        bad_luck(15) ? duration(static_cast<duration::rep>(dice_.below(30000))) : 0ms);
}

void simulated_run::on(in_flight& f, bool) {
    if (f.m.kind == message_kind::reply) {
        trace(
            [&] { return "reply to " + f.m.causation_id + ": " + to_string(f.m.outcome) + " " + f.m.body; });
        const auto token = ++next_token_;
        deliveries_[token] = f.m;
        return shard_->reply(std::move(f.m), token, now());
    }
    if (bad_luck(1)) {
        auto unknown = f.m;
        unknown.kind = message_kind::reply;
        unknown.outcome = reply_outcome::unknown;
        unknown.causation_id = f.m.id;
        return travel(std::move(unknown));
    }
    auto reply = services_.handle(f.m, real_, calm_);
    trace([&] { return f.m.id + " is handled: " + (reply ? to_string(reply->outcome) : "nothing stored"); });
    if (reply) travel(std::move(*reply));
    if (!reply || bad_luck(5)) put(std::move(f), 1s); // not acknowledged: it is delivered again
}

} // namespace sagaflow::testing
