// The inbox in a participant's own database: one table, in the order in which commands came.
#include "connection.hpp"
#include "inbox_slot.hpp"
#include "rows.hpp"

#include <sagaflow/sqlite.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace sagaflow::sqlite {

namespace {

constexpr const char* table = R"sql(
CREATE TABLE IF NOT EXISTS sagaflow_inbox (
    id           INTEGER PRIMARY KEY,
    slot         INTEGER NOT NULL,
    source       TEXT    NOT NULL,
    command      TEXT    NOT NULL,
    compensation INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    touched      INTEGER NOT NULL,
    outcome      INTEGER,
    body         TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS sagaflow_inbox_slots ON sagaflow_inbox (slot);
)sql";

constexpr int young_rows_looked_at = 1'024;

std::int64_t now() {
    return to_integer(std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()));
}

bool same(const inbox_key& a, const inbox_key& b) {
    return a.number == b.number && a.compensation == b.compensation && a.command == b.command &&
           a.source == b.source;
}

struct statements {
    explicit statements(connection& db)
        : begin(db, "BEGIN IMMEDIATE"),
          commit(db, "COMMIT"),
          rollback(db, "ROLLBACK"),
          savepoint(db, "SAVEPOINT sagaflow"),
          release(db, "RELEASE sagaflow"),
          rollback_to(db, "ROLLBACK TO sagaflow"),
          find(db,
               "SELECT compensation, number, outcome, body FROM sagaflow_inbox "
               "WHERE slot = ?1 AND command = ?2 AND source = ?3"),
          insert(db,
                 "INSERT INTO sagaflow_inbox (slot, source, command, compensation, number, touched, outcome, "
                 "body) "
                 "VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"),
          update(db,
                 "UPDATE sagaflow_inbox SET touched = ?6, outcome = ?7, body = ?8 "
                 "WHERE slot = ?1 AND source = ?2 AND command = ?3 AND compensation = ?4 AND number = ?5"),
          purge(db,
                "DELETE FROM sagaflow_inbox WHERE id IN (SELECT id FROM (SELECT id, touched FROM "
                "sagaflow_inbox "
                "ORDER BY id LIMIT ?2 + ?3) WHERE touched < ?1 LIMIT ?2)") {}

    statement begin, commit, rollback, savepoint, release, rollback_to, find, insert, update, purge;
};

// A claimed key is written together with its answer, as one insert; what is never answered is written at the
// end.
class inbox_work final : public transaction {
  public:
    inbox_work(sqlite::connection& db, statements& sql) : db_(db), sql_(sql) {}

    sqlite3* connection() const noexcept override { return db_.handle(); }

    inbox_rows claim(const inbox_key& key) override {
        still_open();
        auto found = look_up(key);
        for (const auto& pending : claimed_) {
            if (pending.command != key.command || pending.source != key.source) continue;
            if (pending.compensation) found.compensation_seen = true;
            if (same(pending, key)) found.claimed = false;
        }
        if (found.claimed) claimed_.push_back(key);
        return found;
    }

    void savepoint(const std::function<void()>& work) override {
        still_open();
        const auto claimed_before = claimed_;
        sql_.savepoint.run();
        try {
            work();
            still_open();
        } catch (...) {
            claimed_ = claimed_before;
            undo_savepoint();
            throw;
        }
        sql_.release.run();
    }

    void answer(const inbox_key& key, const inbox_answer& reply) override {
        still_open();
        const auto pending =
            std::find_if(claimed_.begin(), claimed_.end(), [&](const auto& k) { return same(k, key); });
        auto& write = pending == claimed_.end() ? sql_.update : sql_.insert;
        bind(write, key).bind(7, static_cast<int>(reply.outcome)).bind(8, reply.body).run();
        if (pending != claimed_.end())
            claimed_.erase(pending);
        else if (db_.changes() == 0)
            throw error(errc::invalid_argument,
                        "command '" + key.command + "' is answered without having been claimed");
    }

    void finish() {
        still_open();
        for (const auto& key : claimed_) bind(sql_.insert, key).bind_null(7).bind_null(8).run();
        sql_.commit.run();
    }

    void give_up() noexcept {
        if (!is_open()) return;
        try {
            sql_.rollback.run();
        } catch (const error&) {
            // SQLite drops the transaction when the connection is next used or closed.
        }
    }

  private:
    bool is_open() const noexcept { return sqlite3_get_autocommit(db_.handle()) == 0; }

    // What can't be undone alone is undone with all the rest.
    void undo_savepoint() {
        if (!is_open()) return;
        lost_ = true;
        sql_.rollback_to.run();
        sql_.release.run();
        lost_ = false;
    }

    // After some failures SQLite rolls the whole transaction back by itself: nothing may be written beside
    // it.
    void still_open() const {
        if (lost_ || !is_open())
            throw store_error(store_error::kind::transient, errc::io,
                              "the transaction on '" + db_.path() +
                                  "' is lost: it, or a savepoint in it, was ended by SQLite after a failure "
                                  "or by the handler; the delivery is handled again");
    }

    inbox_rows look_up(const inbox_key& key) {
        inbox_rows found{
            .claimed = true, .answer = {}, .action_effective = false, .compensation_seen = false};
        const resetting scope(sql_.find);
        sql_.find.bind(1, slot_of(key.command)).bind(2, key.command).bind(3, key.source);
        while (sql_.find.step()) {
            const bool compensation = sql_.find.integer(0) != 0;
            const bool answered = !sql_.find.is_null(2);
            const auto outcome = static_cast<reply_outcome>(sql_.find.integer(2));
            if (compensation) found.compensation_seen = true;
            if (!compensation && answered && outcome == reply_outcome::success) found.action_effective = true;
            if (compensation != key.compensation || sql_.find.integer(1) != key.number) continue;
            found.claimed = false;
            if (answered) found.answer = {.outcome = outcome, .body = std::string(sql_.find.text(3))};
        }
        return found;
    }

    static statement& bind(statement& s, const inbox_key& key) {
        s.bind(1, slot_of(key.command)).bind(2, key.source).bind(3, key.command);
        return s.bind(4, key.compensation ? 1 : 0).bind(5, std::int64_t{key.number}).bind(6, now());
    }

    sqlite::connection& db_;
    statements& sql_;
    std::vector<inbox_key> claimed_;
    bool lost_ = false; // a savepoint could not be undone
};

connection open_connection(const inbox_options& options) {
    connection db(options.path, options.vfs);
    apply(db.handle(), options.settings);
    db.execute(table);
    return db;
}

class sqlite_inbox final : public sagaflow::inbox {
  public:
    explicit sqlite_inbox(const inbox_options& options) : db_(open_connection(options)), sql_(db_) {}

    void transaction(const std::function<void(inbox_transaction&)>& work) override {
        const std::lock_guard lock(mutex_);
        sql_.begin.run();
        inbox_work open(db_, sql_);
        try {
            work(open);
            open.finish();
        } catch (...) {
            open.give_up();
            throw;
        }
    }

    std::size_t purge(time_point before, std::size_t limit) override {
        const std::lock_guard lock(mutex_);
        sql_.purge.bind(1, to_integer(before))
            .bind(2, static_cast<std::uint64_t>(limit))
            .bind(3, young_rows_looked_at);
        sql_.purge.run();
        return static_cast<std::size_t>(db_.changes());
    }

  private:
    std::mutex mutex_;
    connection db_;
    statements sql_;
};

} // namespace

std::shared_ptr<sagaflow::inbox> open_inbox(const inbox_options& options) {
    return std::make_shared<sqlite_inbox>(options);
}

} // namespace sagaflow::sqlite
