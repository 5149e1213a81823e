// Batches: what changed since the last one, and what may leave once it is durable.
#include "core/machine_work.hpp"
#include "core/planted.hpp"
#include "core/shard_impl.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::core {

namespace {

// While one batch commits, the sagas of another are worked on. Were all that are in flight in one batch,
// either the commit or the shard would always wait for the other.
constexpr std::size_t sagas_in_a_batch = 256;

} // namespace

released& shard::impl::after(const hot_saga& saga) {
    if (planted(bug::effect_before_commit)) return free_to_leave;
    if (saga.dirty) return after_next;
    if (sealed.empty() || saga.last_batch < sealed.front().content->number) return free_to_leave;
    return sealed[saga.last_batch - sealed.front().content->number].after;
}

void shard::impl::answer_to(released& into, token caller, answer_value value) {
    into.answers.push_back({caller, std::move(value)});
}

void shard::impl::mark_dirty(hot_saga& saga) {
    if (saga.dirty) return;
    if (dirty.size() >= sagas_in_a_batch) seal();
    saga.dirty = true;
    dirty.push_back(&saga);
}

void shard::impl::count(const event& e) {
    ++figures.events;
    switch (e.kind) {
        case event_kind::completed:
            ++figures.completed;
            break;
        case event_kind::compensated:
            ++figures.compensated;
            break;
        case event_kind::abandoned:
            ++figures.abandoned;
            break;
        case event_kind::suspended:
            ++figures.suspensions;
            break;
        case event_kind::resumed:
            ++figures.resumptions;
            break;
        default:
            break;
    }
}

void shard::impl::apply(hot_saga& saga, transition t) {
    if (t.happened) {
        mark_dirty(saga);
        if (t.note) {
            auto& e = *t.note;
            e.seq = ++last_event;
            e.birth = saga.record.birth;
            e.previous = planted(bug::events_do_not_chain) ? e.birth : saga.record.last_event;
            e.saga_id = saga.record.id;
            e.saga_type = saga.definition->name;
            saga.record.last_event = e.seq;
            count(e);
            next.events.push_back(std::move(e));
        }
        if (t.alert)
            after_next.alerts.push_back(
                {saga.record.id, saga.definition->name, std::string(reason_of(saga.record)), !*t.alert});
    }
    figures.retries += t.retries;
    auto& leaves = after(saga);
    for (auto& order : t.sends) leaves.commands.push_back({&saga, std::move(order)});
    set_timer(saga);
}

void shard::impl::set_timer(hot_saga& saga) {
    if (planted(bug::lost_timer)) return;
    timers.set(saga, saga.hosted ? machine_for(saga).wake_time(saga.record) : std::nullopt);
}

bool shard::impl::batch_is_empty() const {
    return dirty.empty() && next.empty();
}

// Closes the batch that is being put together: what changes from now on belongs to the one after it.
void shard::impl::seal() {
    auto b = std::make_shared<batch>(std::exchange(next, {}));
    b->shard = owned.shard;
    b->epoch = owned.epoch;
    b->number = ++last_batch;
    for (auto* saga : dirty) {
        saga->dirty = false;
        saga->last_batch = b->number;
        auto row = encode(*saga->definition, saga->record);
        const bool first = !std::exchange(saga->stored, true);
        if (first && is_finished(saga->record)) b->started.push_back(row);
        auto& rows = is_finished(saga->record) ? b->finished : first ? b->started : b->changed;
        rows.push_back(std::move(row));
    }
    dirty.clear();
    b->status_published = statuses.cursor();
    statuses.sealed();
    ++figures.commits;
    next.events.reserve(b->events.size()); // the next one is mostly like it
    released after_it;
    after_it.commands.reserve(after_next.commands.size());
    sealed.push_back({std::move(b), std::exchange(after_next, std::move(after_it))});
}

void shard::impl::committed(std::uint64_t number, time_point now) {
    if (!on_its_way || sealed.front().content->number != number) return;
    trouble.clear();
    durable_batch = number;
    publisher.durable(number);
    const auto b = sealed.front().content;
    auto leaving = std::move(sealed.front().after);
    sealed.pop_front();
    on_its_way = false;
    if (!b->events.empty()) durable_event = b->events.back().seq;
    out.notify.reserve(out.notify.size() + b->events.size());
    for (const auto& e : b->events) out.notify.emplace_back(b, &e);
    figures.purged += b->purged.size();
    release(leaving, now);
    for (const auto& row : b->finished)
        if (auto* saga = hot.find(row.id); saga && saga->record.birth == row.birth) remove_if_over(*saga);
}

void shard::impl::release(released& what, time_point now) {
    publisher.expect(what.commands.size(), out.publish);
    for (auto& c : what.commands) publisher.offer(*c.saga, std::move(c.order), now, out.publish);
    const auto append = [](auto& to, auto& from) {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    append(out.acknowledge, what.acknowledge);
    append(out.answers, what.answers);
    append(out.alerts, what.alerts);
    pending_starts -= what.starts;
    what = {};
}

void shard::impl::publish_reported(std::uint64_t ticket, published::verdict verdict,
                                   const std::string& reason, time_point now) {
    if (verdict != published::verdict::accepted) ++figures.publish_failures;
    if (status_feed::owns(ticket)) return statuses.report(ticket, verdict, now);
    auto* owner = publisher.saga_of(ticket);
    const auto e = publisher.report(ticket, verdict, now);
    if (e.saga && verdict == published::verdict::accepted) {
        const auto attempt = e.saga->record.steps[e.step].out->attempt;
        machine_for(*e.saga).accepted(e.saga->record, e.step, e.compensation, attempt, now);
        set_timer(*e.saga);
    } else if (e.saga && verdict == published::verdict::refused) {
        apply(*e.saga, machine_for(*e.saga).refused(e.saga->record, e.step, e.compensation, reason, now));
    }
    remove_if_over(*owner);
}

// The body of a command that waited in line. A step that was overtaken by the saga's turning back is not sent
// any more: it may have been sent by an earlier run, so its clock runs, and then it is in doubt (R7).
std::optional<std::string> shard::impl::body_of(hot_saga& saga, std::size_t step, bool compensation,
                                                time_point now) {
    const auto m = machine_for(saga);
    auto& s = saga.record.steps[step];
    const bool forward_only = !compensation && state_of(saga.record) != saga_state::running;
    if (suspended(saga.record)) return std::nullopt; // its retry sends it
    if (forward_only) {
        m.accepted(saga.record, step, compensation, s.out->attempt, now);
        set_timer(saga);
        return std::nullopt;
    }
    auto t = m.resend(saga.record, step, compensation, now);
    std::optional<std::string> body;
    if (!t.sends.empty()) body = std::move(t.sends.front().body);
    t.sends.clear();
    apply(saga, std::move(t));
    return body;
}

bool shard::impl::is_evictable(const hot_saga& saga) const {
    return !saga.dirty && saga.last_batch <= durable_batch && saga.unaccepted == 0;
}

void shard::impl::leave_memory(hot_saga& saga) {
    timers.set(saga, std::nullopt);
    reads.left_memory(saga.record.birth);
    hot.erase(saga);
}

void shard::impl::remove_if_over(hot_saga& saga) {
    if (is_finished(saga.record) && is_evictable(saga) && saga.waiting_mask == 0) leave_memory(saga);
}

// Keeps memory within its bound: the least recently used sagas leave, their timers with them to the store.
void shard::impl::evict() {
    constexpr int looks_past = 64; // sagas that can't leave now
    int passed = 0;
    auto* saga = hot.least_recent();
    while (saga && hot.size() > options.limits.hot_sagas && passed < looks_past) {
        auto* const newer = saga->newer;
        if (!is_evictable(*saga) || saga->waiting_mask != 0) {
            ++passed;
        } else {
            if (const auto due = saga->hosted ? machine_for(*saga).wake_time(saga->record) : std::nullopt;
                due && !planted(bug::eviction_loses_the_timer))
                next.timers.push_back({saga->record.birth, *due});
            ++figures.evicted;
            leave_memory(*saga);
        }
        saga = newer;
    }
    while (hot.size() >
           options.limits.hot_sagas) { // all the rest waits for a transport: a later scan finds it again
        auto* waiting = publisher.shed([&](const hot_saga& s) { return is_evictable(s); });
        if (!waiting) break;
        const auto before = waiting->record.birth - 1;
        recovery.after = recovery.active ? std::min(recovery.after, before) : before;
        recovery.rewound = reads.is_reading(read_log::purpose::scan);
        recovery.active = true;
        ++figures.evicted;
        leave_memory(*waiting);
    }
}

effects shard::impl::take_effects(time_point now) {
    if (stopped) return {};
    release(free_to_leave, now);
    std::vector<hot_saga*> left;
    publisher.drain(
        now,
        [&](hot_saga& s, std::size_t step, bool compensation) { return body_of(s, step, compensation, now); },
        out.publish, left);
    for (auto* saga : left) remove_if_over(*saga);
    evict();
    request_reads(now);
    if (!on_its_way && sealed.empty() && (!batch_is_empty() || statuses.cursor_is_due(now))) seal();
    if (!on_its_way && !sealed.empty()) {
        out.commit = sealed.front().content;
        on_its_way = true;
    }
    return std::exchange(out, {});
}

} // namespace sagaflow::core
