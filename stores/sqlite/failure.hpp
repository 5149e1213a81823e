// How SQLite's result codes become ours: each message says what happened and what to do.
#pragma once

#include <string>

struct sqlite3;

namespace sagaflow::sqlite {

// Throws store_error: transient when the same call may succeed later, permanent when it never will.
[[noreturn]] void throw_failure(sqlite3* connection, int code, const std::string& path,
                                const std::string& doing);

} // namespace sagaflow::sqlite
