#include "runtime/shard_loop.hpp"

#include "runtime/named_thread.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::runtime {

namespace {

// So little that doing it here and now costs less than two changes of threads.
constexpr std::size_t few = 8;

// In place of a ticket: a transport's second report of one message is ignored.
constexpr auto reported = ~std::uint64_t{0};

bool is_small(const batch& b) {
    return b.started.size() + b.changed.size() + b.finished.size() + b.purged.size() <= few;
}

bool is_small(const core::store_read& r) {
    return r.kind == core::store_read::what::load && r.ids.size() <= few;
}

} // namespace

// Tells the shard one input.
class shard_loop::teller {
  public:
    teller(shard_loop& loop, time_point now) : loop_(loop), shard_(loop.shard_), now_(now) {}

    void operator()(core::start_request& in) { shard_.start(std::move(in)); }
    void operator()(core::verb_request& in) { shard_.operate(std::move(in), now_); }
    void operator()(explain_request& in) { shard_.explain(in.id, in.caller, now_); }
    void operator()(host_request& in) { shard_.host(std::move(in.definition), now_); }
    void operator()(deliveries& in) {
        for (auto& d : in.content) {
            const auto token = loop_.settlements_.add(d.tag, in.from);
            shard_.reply(std::move(d.content), token, now_);
        }
    }
    void operator()(publish_reports& in) {
        for (const auto& r : in) {
            if (r.verdict == published::verdict::refused)
                log(loop_.with_.log, log_level::error, "a transport refuses a message for good",
                    {{"reason", r.reason}});
            if (r.verdict == published::verdict::failed) loop_.note_failure(r.reason, now_);
            shard_.publish_reported(r.ticket, r.verdict, r.reason, now_);
        }
    }
    void operator()(rows_loaded& in) { shard_.loaded(in.ticket, std::move(in.rows), now_); }
    void operator()(page_listed& in) { shard_.listed(in.ticket, std::move(in.page), now_); }
    void operator()(events_read& in) { shard_.events_read(in.ticket, std::move(in.page), now_); }
    void operator()(commit_durable& in) { shard_.committed(in.number, now_); }
    void operator()(commit_delayed& in) { shard_.commit_in_trouble(in.reason); }
    void operator()(store_lost& in) { loop_.lose(in.why); }
    void operator()(refuse_starts&) {
        shard_.refuse_starts();
        loop_.refusing_starts_ = true;
    }

  private:
    shard_loop& loop_;
    core::shard& shard_;
    time_point now_;
};

shard_loop::shard_loop(core::shard_options options, ownership owned, parts with)
    : with_(std::move(with)), shard_(std::move(options), std::move(owned)) {}

void shard_loop::host(std::shared_ptr<const plan> definition) {
    shard_.host(std::move(definition), clock_.now());
}

void shard_loop::start() {
    shard_.begin_recovery(clock_.now());
    figures_.recovering = true;
    with_.health.recovering(true);
    log(with_.log, log_level::info, "recovery has begun: unfinished sagas are being found again");
    thread_ = named_thread("sf-shard", [this] { run(); });
}

void shard_loop::join() {
    if (thread_.joinable()) thread_.join();
}

bool shard_loop::wait_drained(duration deadline) {
    std::unique_lock lock(mutex_);
    drained_changed_.wait_for(lock, std::min<duration>(deadline, std::chrono::hours(24 * 365)),
                              [&] { return drained_ || ended_; });
    return drained_;
}

core::shard_figures shard_loop::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

void shard_loop::run() {
    try {
        work();
    } catch (const std::exception& e) {
        lose({errc::stopped,
              std::string("the engine has stopped because of an error that it does not know: ") + e.what() +
                  "; restart it, and report this as a bug"});
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    drained_changed_.notify_all();
}

void shard_loop::work() {
    std::vector<input> inputs;
    carry_out_all();
    while (with_.inputs->take(inputs, wake_ ? std::optional(clock_.when(*wake_)) : std::nullopt)) {
        const auto now = clock_.now();
        teller tell(*this, now);
        for (auto& in : inputs) std::visit(tell, in);
        if (wake_ && *wake_ <= now) shard_.tick(now);
        carry_out_all();
    }
}

void shard_loop::carry_out_all() {
    while (carry_out(shard_.take_effects(clock_.now()))) {
    }
    publish_figures();
}

// True: something was done here and now, and the shard goes on with it.
bool shard_loop::carry_out(core::effects&& e) {
    const bool alone = with_.inputs->size() == 0;
    const bool commit_here = e.commit && alone && is_small(*e.commit);
    if (e.commit && !commit_here) with_.commits.commit(e.commit);
    for (std::size_t i = 0; i < e.publish.size(); ++i)
        if (!e.publish[i].messages.empty()) publish(i, std::move(e.publish[i]));
    if (!e.answers.empty()) with_.waiting.answer(std::move(e.answers));
    if (!e.notify.empty()) {
        with_.watchers.notify(e.notify);
        note(e.notify);
    }
    settlements_.acknowledge(e.acknowledge);
    note(e.alerts);
    wake_ = e.wake;
    bool goes_on = read(std::move(e.reads), alone);
    if (commit_here && with_.commits.commit_here(e.commit)) {
        shard_.committed(e.commit->number, clock_.now());
        goes_on = true;
    }
    return goes_on;
}

bool shard_loop::read(std::vector<core::store_read>&& reads, bool alone) {
    bool done_here = false;
    for (auto& r : reads) {
        if (!alone || !is_small(r)) {
            with_.reads.read(std::move(r));
        } else if (auto in = with_.reads.read_here(r)) {
            std::visit(teller(*this, clock_.now()), *in);
            done_here = true;
        }
    }
    return done_here;
}

void shard_loop::publish(std::size_t transport, core::outgoing&& batch) {
    auto tickets = std::make_shared<std::vector<std::uint64_t>>(std::move(batch.tickets));
    // The transport may keep the handler longer than this engine lives.
    with_.transports[transport]->publish(
        std::move(batch.messages), [tickets, inputs = with_.inputs](std::span<const published> news) {
            publish_reports reports;
            reports.reserve(news.size());
            for (const auto& p : news) {
                if (const auto ticket = std::exchange(tickets->at(p.index), reported); ticket != reported)
                    reports.push_back({ticket, p.result, p.reason});
            }
            inputs->push(std::move(reports));
        });
}

void shard_loop::note_failure(const std::string& reason, time_point now) {
    with_.health.not_taken(reason);
    ++failures_.untold;
    if (failures_.told && now - *failures_.told < std::chrono::minutes(1)) return;
    log(with_.log, log_level::warn, "a transport did not take messages; they are published again",
        {{"messages", std::to_string(failures_.untold)}, {"reason", reason}});
    failures_ = {0, now};
}

void shard_loop::note(std::span<const event_ptr> events) const {
    for (const auto& e : events) {
        if (e->kind == event_kind::suspended)
            log(with_.log, log_level::warn, "a saga is suspended",
                {{"saga_id", e->saga_id}, {"saga_type", e->saga_type}, {"details", e->details}});
    }
}

void shard_loop::note(std::span<const alert> alerts) const {
    for (const auto& a : alerts) with_.on_alert(a);
}

void shard_loop::publish_figures() {
    const auto now = shard_.figures();
    const bool drained = refusing_starts_ && shard_.idle() && with_.inputs->size() == 0;
    bool was_recovering = false;
    {
        const std::lock_guard lock(mutex_);
        was_recovering = std::exchange(figures_, now).recovering;
        drained_ = drained;
        if (drained) drained_changed_.notify_all();
    }
    if (was_recovering != now.recovering) note_recovery(now.recovering, now);
}

void shard_loop::note_recovery(bool recovering, const core::shard_figures& now) {
    with_.health.recovering(recovering);
    if (recovering) return;
    log(with_.log, log_level::info, "recovery is finished",
        {{"commands_sent_again", std::to_string(now.resent)}, {"sagas_in_memory", std::to_string(now.hot)}});
}

void shard_loop::lose(const failure& why) {
    shard_.stop();
    with_.on_store_lost(why);
}

} // namespace sagaflow::runtime
