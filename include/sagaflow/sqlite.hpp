// SQLite: the default store, and the inbox for participants whose data is in SQLite. Component
// sagaflow::sqlite.
#pragma once

#include <sagaflow/inbox.hpp>
#include <sagaflow/store.hpp>

#include <memory>
#include <string>

struct sqlite3;

namespace sagaflow::sqlite {

// What both of them set on a connection; measured in docs/performance.md.
struct tuning {
    int page_bytes = 4096; // of a new file
    int cache_bytes = 4 * 1024 * 1024;
    int checkpoint_pages = 4'000; // the write-ahead log is folded back when it holds that many
    bool durable = true; // false: synchronous=NORMAL, for tests only; a power cut may lose the newest commits
};

// Sets the tuning on a connection of yours (journal_mode=WAL and synchronous=FULL with it).
void apply(sqlite3* connection, const tuning& settings);

struct store_options {
    std::string path; // created if missing; its folder must exist. ":memory:" is refused: see
                      // memory::make_store()
    tuning settings = {};
    std::string vfs = {}; // a registered SQLite VFS; empty: the default
};

// One file is one shard with one owner at a time. Throws error(in_use) naming the process that
// holds it, error(corrupt), error(newer_version), error(io) with what to do.
std::shared_ptr<sagaflow::store> open(const store_options& options);

struct inbox_options {
    std::string path; // the participant's own database; sagaflow adds one table, sagaflow_inbox
    tuning settings = {};
    std::string vfs = {};
};

// What a handler gets: its writes and the inbox row commit together.
class transaction : public inbox_transaction {
  public:
    // The connection, inside the open transaction: do not begin, commit or roll back on it.
    virtual sqlite3* connection() const noexcept = 0;
};

std::shared_ptr<sagaflow::inbox> open_inbox(const inbox_options& options);

} // namespace sagaflow::sqlite
