// The page, cache and checkpoint settings that the engine's own SQLite store uses, so that the
// reference works under the very same ones.
#pragma once

struct sqlite3;

namespace bench {

// For a new, empty database file. Throws std::runtime_error.
void apply_engine_settings(sqlite3* db);

} // namespace bench
