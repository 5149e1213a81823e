#include "engine_settings.hpp"

#include <stdexcept>

#include <sqlite3.h>

namespace bench {

void apply_engine_settings(sqlite3* db) {
    const auto* sql =
        "PRAGMA page_size = 4096;"
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;";
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(db));
}

} // namespace bench
