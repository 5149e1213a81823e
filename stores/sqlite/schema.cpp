#include "schema.hpp"

#include "connection.hpp"

#include <sagaflow/error.hpp>

#include <array>
#include <string>

namespace sagaflow::sqlite {

namespace {

constexpr migration first_version = R"sql(
CREATE TABLE store (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    source        TEXT    NOT NULL,
    epoch         INTEGER NOT NULL,
    owner         TEXT    NOT NULL,
    last_batch    INTEGER NOT NULL,
    last_event    INTEGER NOT NULL,
    indexed_up_to INTEGER NOT NULL
) STRICT;

CREATE TABLE definitions (
    saga_type   TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    fingerprint TEXT    NOT NULL,
    PRIMARY KEY (saga_type, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE open_sagas (
    birth      INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL,
    saga_type  TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    input_hash INTEGER NOT NULL,
    started    INTEGER NOT NULL,
    finished   INTEGER,
    last_event INTEGER NOT NULL,
    record     TEXT    NOT NULL
) STRICT;

CREATE TABLE finished_sagas (
    birth      INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL,
    saga_type  TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    state      INTEGER NOT NULL,
    input_hash INTEGER NOT NULL,
    started    INTEGER NOT NULL,
    finished   INTEGER,
    last_event INTEGER NOT NULL,
    record     TEXT    NOT NULL
) STRICT;

CREATE TABLE finished_batches (
    batch    INTEGER PRIMARY KEY,
    finished INTEGER NOT NULL,
    births   TEXT    NOT NULL
) STRICT;

CREATE TABLE saga_ids (
    hash  INTEGER NOT NULL,
    birth INTEGER NOT NULL,
    PRIMARY KEY (hash, birth)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq      INTEGER PRIMARY KEY,
    birth    INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    details  TEXT    NOT NULL,
    status   TEXT    NOT NULL
) STRICT;

CREATE TABLE timers (
    due   INTEGER NOT NULL,
    birth INTEGER NOT NULL,
    PRIMARY KEY (due, birth)
) STRICT, WITHOUT ROWID;

CREATE TABLE states (state INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO states VALUES (0, 'running'), (1, 'compensating'), (2, 'completed'), (3, 'compensated'), (4, 'suspended'),
    (5, 'abandoned');

CREATE TABLE event_kinds (kind INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO event_kinds VALUES (0, 'started'), (1, 'progressed'), (2, 'retried'), (3, 'compensating'),
    (4, 'compensation_failed'), (5, 'suspended'), (6, 'resumed'), (7, 'late_reply'), (8, 'noted'), (9, 'completed'),
    (10, 'compensated'), (11, 'abandoned');

CREATE VIEW sagas AS
    SELECT birth, id, saga_type, version, states.name AS state,
           strftime('%Y-%m-%dT%H:%M:%fZ', started / 1000.0, 'unixepoch') AS started,
           strftime('%Y-%m-%dT%H:%M:%fZ', finished / 1000.0, 'unixepoch') AS finished,
           last_event, record
    FROM (SELECT * FROM open_sagas UNION ALL SELECT * FROM finished_sagas) AS saga LEFT JOIN states USING (state);

CREATE VIEW history AS
    SELECT seq, birth, coalesce(o.id, f.id) AS id, coalesce(o.saga_type, f.saga_type) AS saga_type,
           strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at,
           event_kinds.name AS kind, states.name AS state, details, status
    FROM events
    LEFT JOIN open_sagas AS o USING (birth)
    LEFT JOIN finished_sagas AS f USING (birth)
    LEFT JOIN event_kinds USING (kind)
    LEFT JOIN states ON states.state = events.state;
)sql";

// The cursor of the status topic.
constexpr migration second_version = R"sql(
ALTER TABLE store ADD COLUMN status_published INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::array all = {first_version, second_version};

} // namespace

std::span<const migration> migrations() {
    return all;
}

void check_kind(connection& db, std::span<const migration> steps) {
    const auto kind = db.integer("PRAGMA application_id");
    const auto version = db.integer("PRAGMA user_version");
    if (kind != application_id) {
        const bool empty = kind == 0 && version == 0 && db.integer("SELECT count(*) FROM sqlite_schema") == 0;
        if (!empty)
            throw error(errc::invalid_argument, "'" + db.path() +
                                                    "' is a database of something else; give the saga "
                                                    "store a file of its own");
        return;
    }
    if (version > static_cast<std::int64_t>(steps.size()))
        throw error(errc::newer_version,
                    "'" + db.path() + "' has schema version " + std::to_string(version) +
                        " and this sagaflow knows up to " + std::to_string(steps.size()) +
                        "; use the newer sagaflow that wrote it, or restore a backup made before "
                        "the upgrade");
}

void migrate(connection& db, std::span<const migration> steps) {
    for (auto version = db.integer("PRAGMA user_version"); version < static_cast<std::int64_t>(steps.size());
         ++version) {
        try {
            db.execute("BEGIN IMMEDIATE");
            db.execute(steps[static_cast<std::size_t>(version)]);
            db.execute("PRAGMA application_id = " + std::to_string(application_id));
            db.execute("PRAGMA user_version = " + std::to_string(version + 1));
            db.execute("COMMIT");
        } catch (...) {
            sqlite3_exec(db.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
            throw;
        }
    }
}

} // namespace sagaflow::sqlite
