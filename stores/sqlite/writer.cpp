#include "writer.hpp"

#include "births.hpp"
#include "rows.hpp"

#include <algorithm>

namespace sagaflow::sqlite {

namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw store_error(store_error::kind::permanent, errc::invalid_argument,
                      "the batch can't be applied: " + what + "; report this as a bug of the engine");
}

std::string named(const saga_row& row) {
    return "saga '" + row.id + "' (birth " + std::to_string(row.birth) + ")";
}

std::string insert_into(const char* table) {
    return std::string("INSERT INTO ") + table + " (" + saga_columns +
           ") VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)";
}

} // namespace

writer::writer(connection& db)
    : db_(db),
      ids_(db),
      begin_(db, "BEGIN IMMEDIATE"),
      commit_(db, "COMMIT"),
      rollback_(db, "ROLLBACK"),
      advance_(db,
               "UPDATE store SET last_batch = ?1, last_event = max(last_event, ?2), "
               "status_published = max(status_published, ?4) "
               "WHERE id = 1 AND epoch = ?3 AND last_batch = ?1 - 1"),
      births_by_hash_(db, "SELECT birth FROM saga_ids WHERE hash = ?1"),
      open_id_(db, "SELECT id FROM open_sagas WHERE birth = ?1"),
      finished_id_(db, "SELECT id, last_event FROM finished_sagas WHERE birth = ?1"),
      insert_open_(db, insert_into("open_sagas")),
      update_open_(
          db,
          "UPDATE open_sagas SET state = ?2, last_event = ?3, record = ?4, version = ?5 WHERE birth = ?1"),
      delete_open_(db, "DELETE FROM open_sagas WHERE birth = ?1"),
      insert_finished_(db, insert_into("finished_sagas")),
      delete_finished_(db, "DELETE FROM finished_sagas WHERE birth = ?1"),
      insert_event_(db,
                    "INSERT INTO events (seq, birth, previous, at, kind, state, details, status) "
                    "VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"),
      previous_event_(db, "SELECT previous FROM events WHERE seq = ?1"),
      delete_event_(db, "DELETE FROM events WHERE seq = ?1"),
      insert_definition_(
          db, "INSERT OR REPLACE INTO definitions (saga_type, version, fingerprint) VALUES (?1,?2,?3)"),
      insert_timer_(db, "INSERT OR IGNORE INTO timers (due, birth) VALUES (?1,?2)"),
      delete_timer_(db, "DELETE FROM timers WHERE due = ?1 AND birth = ?2"),
      insert_queue_(db, "INSERT INTO finished_batches (batch, finished, births) VALUES (?1,?2,?3)"),
      read_queue_(db, "SELECT batch, births FROM finished_batches ORDER BY batch"),
      delete_queue_(db, "DELETE FROM finished_batches WHERE batch = ?1") {}

ownership writer::claim(const std::string& owner) {
    statement take(db_, "UPDATE store SET epoch = epoch + 1, owner = ?1 WHERE id = 1");
    begin_.run();
    try {
        take.bind(1, owner).run();
        auto owned = read_ownership();
        commit_.run();
        return owned;
    } catch (...) {
        roll_back();
        throw;
    }
}

ownership writer::read_ownership() {
    ownership owned;
    statement state(db_, "SELECT epoch, source, last_event, last_batch, status_published FROM store");
    if (!state.step())
        throw store_error(store_error::kind::permanent, errc::corrupt,
                          "'" + db_.path() + "' has lost the row of its table 'store'; restore a backup");
    owned.epoch = state.number(0);
    owned.source = state.text(1);
    owned.last_event = state.number(2);
    owned.last_batch = state.number(3);
    owned.status_published = state.number(4);
    statement rows(db_,
                   "SELECT saga_type, version, fingerprint FROM definitions ORDER BY saga_type, version");
    while (rows.step())
        owned.definitions.push_back({.saga_type = std::string(rows.text(0)),
                                     .version = static_cast<int>(rows.integer(1)),
                                     .fingerprint = std::string(rows.text(2))});
    return owned;
}

void writer::commit(const batch& b) {
    begin_.run();
    try {
        if (advance(b) == progress::applied_already) {
            roll_back();
            return remember_ids(b);
        }
        ids_.write_some(b.started.size());
        apply(b);
        commit_.run();
    } catch (...) {
        roll_back();
        throw;
    }
    ids_.committed();
}

// A commit that had reported a failure may have been applied all the same.
void writer::remember_ids(const batch& b) {
    for (const auto& row : b.started) {
        const id_entry entry{.hash = hash_of_id(row.id), .birth = row.birth};
        const auto births = ids_.find(entry.hash).births;
        if (std::find(births.begin(), births.end(), row.birth) == births.end()) ids_.add(entry);
    }
    ids_.committed();
}

// The file itself is asked, not a memory of it: after a commit whose outcome is unknown only it knows.
writer::progress writer::advance(const batch& b) {
    const auto last_event = b.events.empty() ? 0 : b.events.back().seq;
    advance_.bind(1, b.number).bind(2, last_event).bind(3, b.epoch).bind(4, b.status_published).run();
    if (db_.changes() == 1 && b.shard == 0) return progress::next;
    const auto stored = read_ownership();
    if (b.shard != 0 || stored.epoch != b.epoch)
        throw store_error(store_error::kind::fenced, errc::fenced,
                          "epoch " + std::to_string(b.epoch) + " no longer owns '" + db_.path() +
                              "': another engine took it over; this one must stop");
    if (b.number <= stored.last_batch) return progress::applied_already;
    refuse("it has number " + std::to_string(b.number) + " and the last one was " +
           std::to_string(stored.last_batch));
}

void writer::apply(const batch& b) {
    purge(b.purged);
    insert_started(b.started);
    replace_changed(b.changed);
    move_finished(b);
    append_events(b.events);
    for (const auto& row : b.definitions)
        insert_definition_.bind(1, row.saga_type).bind(2, row.version).bind(3, row.fingerprint).run();
    for (const auto& row : b.fired) delete_timer_.bind(1, to_integer(row.due)).bind(2, row.birth).run();
    for (const auto& row : b.timers) insert_timer_.bind(1, to_integer(row.due)).bind(2, row.birth).run();
}

void writer::insert_started(const std::vector<saga_row>& rows) {
    for (const auto& row : rows) {
        const auto hash = hash_of_id(row.id);
        if (id_is_taken(row, hash)) refuse(named(row) + " exists already");
        bind_saga(insert_open_, row);
        insert_open_.run();
        ids_.add({.hash = hash, .birth = row.birth});
    }
}

bool writer::id_is_taken(const saga_row& row, std::int64_t hash) {
    auto found = ids_.find(hash);
    if (!found.look_on_disk) return false;
    {
        const resetting scope(births_by_hash_);
        births_by_hash_.bind(1, hash);
        while (births_by_hash_.step()) found.births.push_back(births_by_hash_.number(0));
    }
    return std::any_of(found.births.begin(), found.births.end(), [&](std::uint64_t birth) {
        return holds(open_id_, birth, row.id) || holds(finished_id_, birth, row.id);
    });
}

bool writer::holds(statement& id_by_birth, std::uint64_t birth, const std::string& id) {
    const resetting scope(id_by_birth);
    return id_by_birth.bind(1, birth).step() && id_by_birth.text(0) == id;
}

void writer::replace_changed(const std::vector<saga_row>& rows) {
    for (const auto& row : rows) {
        update_open_.bind(1, row.birth).bind(2, static_cast<int>(row.state)).bind(3, row.last_event);
        update_open_.bind(4, row.record).bind(5, row.version).run();
        if (db_.changes() != 1) refuse(named(row) + " is not among the unfinished");
    }
}

void writer::move_finished(const batch& b) {
    if (b.finished.empty()) return;
    std::vector<std::uint64_t> births;
    auto earliest = std::numeric_limits<std::int64_t>::max();
    for (const auto& row : b.finished) {
        if (!row.finished || !is_finished(row.state))
            refuse(named(row) + " ends without a time or a final state");
        delete_open_.bind(1, row.birth).run();
        if (db_.changes() != 1) refuse(named(row) + " is not among the unfinished");
        bind_saga(insert_finished_, row);
        insert_finished_.run();
        births.push_back(row.birth);
        earliest = std::min(earliest, to_integer(*row.finished));
    }
    const auto json = to_json(births);
    insert_queue_.bind(1, b.number).bind(2, earliest).bind(3, json).run();
}

void writer::append_events(const std::vector<event>& events) {
    for (const auto& e : events) {
        insert_event_.bind(1, e.seq).bind(2, e.birth).bind(3, e.previous).bind(4, to_integer(e.at));
        insert_event_.bind(5, static_cast<int>(e.kind)).bind(6, static_cast<int>(e.state));
        insert_event_.bind(7, e.details).bind(8, e.status).run();
    }
}

void writer::purge(const std::vector<std::uint64_t>& births) {
    for (const auto birth : births) {
        std::int64_t hash = 0;
        std::uint64_t seq = 0;
        {
            const resetting scope(finished_id_);
            if (!finished_id_.bind(1, birth).step()) continue;
            hash = hash_of_id(finished_id_.text(0));
            seq = finished_id_.number(1);
        }
        delete_finished_.bind(1, birth).run();
        ids_.remove({.hash = hash, .birth = birth});
        while (seq != 0) {
            const auto event = seq;
            const resetting scope(previous_event_);
            seq = previous_event_.bind(1, event).step() ? std::min(previous_event_.number(0), event - 1) : 0;
            previous_event_.reset();
            delete_event_.bind(1, event).run();
        }
    }
    if (!births.empty()) shorten_queue(births);
}

// Removes the batches all of whose sagas are gone, from the front of the queue, where those just purged came
// from.
void writer::shorten_queue(std::vector<std::uint64_t> purged) {
    std::sort(purged.begin(), purged.end());
    std::vector<std::uint64_t> done;
    std::size_t met = 0;
    {
        const resetting scope(read_queue_);
        for (int looked_at = 0; met < purged.size() && looked_at < 1'024 && read_queue_.step(); ++looked_at) {
            bool all_gone = true;
            for (const auto birth : births_from_json(read_queue_.text(1))) {
                const bool now = std::binary_search(purged.begin(), purged.end(), birth);
                met += now ? 1 : 0;
                const resetting row(finished_id_);
                if (!now && finished_id_.bind(1, birth).step()) all_gone = false;
            }
            if (all_gone) done.push_back(read_queue_.number(0));
        }
    }
    for (const auto batch : done) delete_queue_.bind(1, batch).run();
}

void writer::roll_back() noexcept {
    // SQLite has rolled back by itself after some failures.
    if (sqlite3_get_autocommit(db_.handle()) == 0) {
        try {
            rollback_.run();
        } catch (const error&) {
            // The transaction is dropped when the connection is next used or closed.
        }
    }
    ids_.rolled_back();
}

} // namespace sagaflow::sqlite
