// What the shard reads from the store: sagas by id, the unfinished ones after a restart, due timers, what is
// to be purged.
#include "core/machine_work.hpp"
#include "core/planted.hpp"
#include "core/report.hpp"
#include "core/shard_impl.hpp"

#include <algorithm>
#include <utility>

namespace sagaflow::core {

namespace {
constexpr std::size_t page_size = 512;
constexpr std::size_t load_size = 1024; // ids in one read
} // namespace

void shard::impl::wait_for_load(const std::string& id, pending_input input) {
    auto& waiting = loading[id];
    if (waiting.empty()) to_load.push_back(id);
    waiting.push_back(std::move(input));
}

std::shared_ptr<const plan> shard::impl::find_plan(const std::string& saga_type, int version) const {
    const auto type = hosted.find(saga_type);
    if (type == hosted.end()) return nullptr;
    const auto found = type->second.find(version);
    return found == type->second.end() ? nullptr : found->second;
}

// Brings an unfinished saga into memory. Null: its record can't be read; operators are told, nothing else
// suffers.
hot_saga* shard::impl::make_hot(const saga_row& row, bool recently, time_point now) {
    auto saga = std::make_unique<hot_saga>();
    saga->stored = true;
    saga->definition = find_plan(row.saga_type, row.version);
    std::string not_hosted;
    if (!saga->definition)
        not_hosted = "version " + std::to_string(row.version) + " of saga '" + row.saga_type +
                     "' is not hosted: host it and the saga goes on by itself";
    try {
        try {
            if (saga->definition) saga->record = decode(*saga->definition, row, now);
        } catch (const error& e) {
            if (e.code() == errc::corrupt) throw;
            not_hosted =
                std::string("its stored state can't be decoded by the hosted definition: ") + e.what();
        }
        if (!not_hosted.empty()) {
            saga->hosted = false;
            saga->definition = std::make_shared<plan>(placeholder_plan(row));
            saga->record = decode(*saga->definition, row, now);
        }
    } catch (const error& e) {
        free_to_leave.alerts.push_back({row.id, row.saga_type, e.what(), false});
        return nullptr;
    }
    auto& kept = hot.insert(std::move(saga), recently);
    if (!not_hosted.empty()) apply(kept, suspend_not_hosted(kept.record, std::move(not_hosted), now));
    set_timer(kept);
    return &kept;
}

// For an input. While recovery has not passed by it may never have been sent what it waits for: the scan
// would have done that, and finds it in memory now. So would the one for a version that is hosted now.
hot_saga* shard::impl::bring_in(const saga_row& row, time_point now) {
    auto* saga = make_hot(row, true, now);
    const auto* held = saga ? suspended(saga->record) : nullptr;
    if (saga && (recovery.active || (held && held->why == suspension::not_hosted)))
        resume_or_resend(*saga, now);
    return saga;
}

void shard::impl::loaded(std::uint64_t ticket, std::vector<std::optional<saga_row>> rows, time_point now) {
    const auto ids = std::move(load_ids.at(ticket));
    load_ids.erase(ticket);
    for (std::size_t i = 0; i < ids.size() && i < rows.size(); ++i)
        load_result(ticket, ids[i], std::move(rows[i]), now);
    reads.end(ticket);
}

void shard::impl::load_result(std::uint64_t ticket, const std::string& id, std::optional<saga_row> row,
                              time_point now) {
    auto* saga = hot.find(id);
    if (!saga && row && reads.is_old(ticket, row->birth)) { // it came and went meanwhile
        to_load.push_back(id);
        return;
    }
    auto waiting = loading.extract(id);
    if (waiting.empty()) return;
    for (auto& input : waiting.mapped()) {
        if (!saga) saga = hot.find(id); // an input before this one started it
        const bool wants_it = std::holds_alternative<verb_request>(input.what) ||
                              std::holds_alternative<pending_input::reply>(input.what);
        if (!saga && wants_it && row && !sagaflow::is_finished(row->state)) saga = bring_in(*row, now);
        if (!saga) {
            answer_from_row(input, row, now);
        } else if (auto* s = std::get_if<start_request>(&input.what)) {
            answer_known(*s, saga->definition->name, saga->record.input_hash, saga->record.birth,
                         state_of(saga->record), after(*saga));
        } else if (auto* v = std::get_if<verb_request>(&input.what)) {
            operate_hot(*saga, *v, now);
        } else if (auto* e = std::get_if<pending_input::explain>(&input.what)) {
            explain_hot(*saga, e->caller, now);
        } else {
            const auto& r = std::get<pending_input::reply>(input.what);
            reply_hot(*saga, r.content, r.delivery, now);
        }
    }
}

// For a saga that is finished, absent or unreadable: or one that is only asked about.
void shard::impl::answer_from_row(pending_input& input, const std::optional<saga_row>& row, time_point now) {
    if (auto* r = std::get_if<pending_input::reply>(&input.what)) {
        ++(row ? figures.late_replies : figures.unknown_replies);
        free_to_leave.acknowledge.push_back(r->delivery);
    } else if (auto* s = std::get_if<start_request>(&input.what)) {
        if (row && !planted(bug::second_saga_for_an_id))
            answer_known(*s, row->saga_type, row->input_hash, row->birth, row->state, free_to_leave);
        else
            start_new(std::move(*s), now);
    } else if (auto* v = std::get_if<verb_request>(&input.what)) {
        auto why =
            row ? failure{errc::wrong_state, "saga '" + v->id + "' is " + sagaflow::to_string(row->state) +
                                                 "; nothing can be done to it any more"}
                : failure{errc::not_found, "no saga '" + v->id + "': it was never started, or it was purged"};
        if (row && !sagaflow::is_finished(row->state))
            why = {errc::corrupt, "the stored record of saga '" + v->id + "' can't be read"};
        answer_to(free_to_leave, v->caller, std::move(why));
    } else {
        const auto caller = std::get<pending_input::explain>(input.what).caller;
        if (!row)
            return answer_to(
                free_to_leave, caller,
                failure{errc::not_found, "no such saga: it was never started, or it was purged"});
        try {
            auto definition = find_plan(row->saga_type, row->version);
            if (!definition) definition = std::make_shared<plan>(placeholder_plan(*row));
            const auto address = [&](const std::string& type) {
                return type.empty() ? std::string() : options.route(type).address;
            };
            answer_to(free_to_leave, caller,
                      core::explain(*definition, decode(*definition, *row, now), address, now));
        } catch (const error& e) {
            answer_to(free_to_leave, caller, failure{e.code(), e.what()});
        }
    }
}

void shard::impl::listed(std::uint64_t ticket, saga_page page, time_point now) {
    switch (reads.what(ticket)) {
        case read_log::purpose::scan:
            scanned(ticket, std::move(page), now);
            break;
        case read_log::purpose::rehost:
            rehosted(ticket, std::move(page), now);
            break;
        case read_log::purpose::timers:
            timers_listed(ticket, std::move(page), now);
            break;
        case read_log::purpose::purge:
            purge_listed(std::move(page), now);
            break;
        case read_log::purpose::load:
        case read_log::purpose::status:
            break;
    }
    reads.end(ticket);
}

void shard::impl::events_read(std::uint64_t ticket, std::vector<event> page, time_point now) {
    statuses.read(std::move(page), now, out.publish);
    reads.end(ticket);
}

// A saga that was found again: it goes on if that was all it waited for, else its outstanding commands leave
// again (R16).
void shard::impl::resume_or_resend(hot_saga& saga, time_point now) {
    if (!saga.hosted) return;
    const auto m = machine_for(saga);
    if (suspended(saga.record)) return apply(saga, m.hosted(saga.record, now));
    auto t = m.resend(saga.record, now);
    figures.resent += t.sends.size();
    if (planted(bug::lost_outbox_after_crash)) t.sends.clear();
    apply(saga, std::move(t));
}

// With a pace the scan takes small pages, ten in a second, so that it is even.
std::size_t shard::impl::scan_size() const {
    const auto pace = options.resend_per_second;
    return pace == 0 ? page_size : std::clamp<std::size_t>(pace / 10, 1, page_size);
}

void shard::impl::scanned(std::uint64_t ticket, saga_page page, time_point now) {
    const auto resent = figures.resent;
    for (const auto& row : page.sagas) {
        if (hot.find(row.id) || reads.is_old(ticket, row.birth))
            continue; // it lives in memory, or did: nothing to find
        if (auto* saga = make_hot(row, false, now)) resume_or_resend(*saga, now);
    }
    if (options.resend_per_second != 0) {
        const auto sent = static_cast<duration::rep>(figures.resent - resent);
        recovery.not_before =
            now + duration(sent * 1000 / static_cast<duration::rep>(options.resend_per_second));
    }
    if (std::exchange(recovery.rewound, false)) return;
    if (page.next == 0)
        recovery.active = false;
    else
        recovery.after = page.next;
}

void shard::impl::rehosted(std::uint64_t ticket, saga_page page, time_point now) {
    for (const auto& row : page.sagas) {
        if (hot.find(row.id) || reads.is_old(ticket, row.birth)) continue;
        if (auto* saga = make_hot(row, false, now)) resume_or_resend(*saga, now);
    }
    const auto it = rehosting.find(*rehost_reading);
    if (page.next == 0)
        rehosting.erase(it);
    else
        it->second.after = page.next;
    rehost_reading.reset();
}

void shard::impl::timers_listed(std::uint64_t ticket, saga_page page, time_point now) {
    for (const auto& row : page.sagas) {
        if (sagaflow::is_finished(row.state) || hot.find(row.id) || reads.is_old(ticket, row.birth)) continue;
        if (auto* saga = bring_in(row, now)) apply(*saga, machine_for(*saga).timer(saga->record, now));
    }
    const bool more = page.timers.size() >= page_size;
    // One that left memory since this was read may have left with the same timer: that one stands.
    for (const auto& timer : page.timers)
        if (!reads.is_old(ticket, timer.birth)) next.fired.push_back(timer);
    if (!next.fired.empty()) timers_after_batch = last_batch + 1;
    next_timer_poll = more ? now : now + options.timer_poll;
}

void shard::impl::purge_listed(saga_page page, time_point now) {
    std::size_t purged = 0;
    for (const auto& row : page.sagas) {
        if (!statuses.is_past(row.last_event)) continue;
        next.purged.push_back(row.birth);
        ++purged;
    }
    if (purged > 0) purge_after_batch = last_batch + 1;
    next_purge_poll = purged >= page_size ? now : now + options.purge_poll;
}

// A definition that comes while the shard runs finds its waiting sagas, in memory and in the store (R15).
void shard::impl::host(std::shared_ptr<const plan> definition, time_point now) {
    const auto p = hosted[definition->name][definition->version] = std::move(definition);
    definition_row row{p->name, p->version, fingerprint(*p)};
    const bool known =
        std::any_of(owned.definitions.begin(), owned.definitions.end(), [&](const definition_row& d) {
            return d.saga_type == row.saga_type && d.version == row.version &&
                   d.fingerprint == row.fingerprint;
        });
    if (!known) next.definitions.push_back(std::move(row));
    std::vector<hot_saga*> waiting;
    for (const auto& [id, saga] : hot)
        if (!saga->hosted && saga->definition->name == p->name && saga->definition->version == p->version)
            waiting.push_back(saga.get());
    for (auto* saga : waiting) {
        try {
            auto record = decode(*p, encode(*saga->definition, saga->record), now);
            record.id = std::move(saga->record.id); // the set's key points to its text
            saga->record = std::move(record);
        } catch (const error& e) {
            free_to_leave.alerts.push_back({saga->record.id, p->name, e.what(), false});
            continue;
        }
        saga->definition = p;
        saga->hosted = true;
        resume_or_resend(*saga, now);
    }
    if (begun) rehosting[{p->name, p->version}] = {true, false, 0, now};
}

void shard::impl::request_reads(time_point now) {
    const auto list = [&](read_log::purpose what, saga_filter filter, std::uint64_t after_birth) {
        out.reads.push_back({reads.begin(what), store_read::what::list, {}, std::move(filter), after_birth});
    };
    while (!to_load.empty()) {
        const auto n = std::min(to_load.size(), load_size);
        std::vector<std::string> ids(std::make_move_iterator(to_load.end() - static_cast<std::ptrdiff_t>(n)),
                                     std::make_move_iterator(to_load.end()));
        to_load.resize(to_load.size() - n);
        const auto ticket = reads.begin(read_log::purpose::load);
        load_ids[ticket] = ids;
        out.reads.push_back({ticket, store_read::what::load, std::move(ids), {}, 0});
    }
    if (!begun) return;
    if (const auto from = statuses.begin_reading(durable_event, now)) {
        saga_filter f;
        f.limit = status_feed::page_size;
        out.reads.push_back({reads.begin(read_log::purpose::status), store_read::what::events, {}, f, *from});
    }
    const bool room = hot.size() + page_size <= options.limits.hot_sagas || publisher.has_room(now);
    if (recovery.active && room && recovery.not_before <= now && !reads.is_reading(read_log::purpose::scan)) {
        saga_filter f;
        f.among = saga_filter::order::unfinished;
        f.limit = scan_size();
        list(read_log::purpose::scan, f, recovery.after);
    }
    if (!rehosting.empty() && !rehost_reading && !recovery.active) {
        rehost_reading = rehosting.begin()->first;
        saga_filter f;
        f.among = saga_filter::order::unfinished;
        f.state = saga_state::suspended;
        f.saga_type = rehost_reading->first;
        f.version = rehost_reading->second;
        f.limit = page_size;
        list(read_log::purpose::rehost, f, rehosting.begin()->second.after);
    }
    if (now >= next_timer_poll && durable_batch >= timers_after_batch &&
        !reads.is_reading(read_log::purpose::timers)) {
        saga_filter f;
        f.among = saga_filter::order::due;
        f.before = now;
        f.limit = page_size;
        list(read_log::purpose::timers, f, 0);
    }
    if (now >= next_purge_poll && durable_batch >= purge_after_batch &&
        !reads.is_reading(read_log::purpose::purge)) {
        saga_filter f;
        f.among = saga_filter::order::finished;
        f.before = now - options.retention;
        f.with_record = false;
        f.limit = page_size;
        list(read_log::purpose::purge, f, 0);
    }
}

} // namespace sagaflow::core
