#include "failure.hpp"

#include <sagaflow/sqlite.hpp>

#include <string>

#include <sqlite3.h>

namespace sagaflow::sqlite {

void apply(sqlite3* connection, const tuning& settings) {
    const std::string sql =
        "PRAGMA page_size = " + std::to_string(settings.page_bytes) +
        "; PRAGMA journal_mode = WAL; PRAGMA synchronous = " + (settings.durable ? "FULL" : "NORMAL") +
        "; PRAGMA cache_size = -" + std::to_string(settings.cache_bytes / 1024) +
        "; PRAGMA wal_autocheckpoint = " + std::to_string(settings.checkpoint_pages);
    const int code = sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr);
    const auto* path = sqlite3_db_filename(connection, "main");
    if (code != SQLITE_OK) throw_failure(connection, code, path != nullptr ? path : "", "configuring");
}

} // namespace sagaflow::sqlite
