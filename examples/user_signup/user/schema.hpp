// The user service's tables.
#pragma once

namespace signup {

inline constexpr const char* user_schema = R"(
CREATE TABLE IF NOT EXISTS users (
    user_id       TEXT PRIMARY KEY,
    request_id    TEXT NOT NULL, -- of the sign-up that made it
    user_name     TEXT NOT NULL,
    email         TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'active', 'leaving'))
) STRICT, WITHOUT ROWID;

-- The newest request of each user, stored before its saga is started.
CREATE TABLE IF NOT EXISTS requests (
    user_id       TEXT PRIMARY KEY,
    request_id    TEXT NOT NULL UNIQUE, -- the saga's id
    saga_type     TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('sign-up', 'removal')),
    state         TEXT NOT NULL CHECK (state IN ('accepted', 'running', 'ended')),
    user_name     TEXT NOT NULL,
    email         TEXT NOT NULL,
    password_hash TEXT,    -- of a sign-up, until it has ended
    status        TEXT,    -- the last status document, when it has ended
    last_event    INTEGER, -- and that event's number
    ended_at      INTEGER  -- seconds since 1970
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS requests_open ON requests (user_id) WHERE state <> 'ended';
CREATE INDEX IF NOT EXISTS requests_ended ON requests (ended_at) WHERE state = 'ended';

-- Written to find out whether there is room again.
CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
)";

} // namespace signup
