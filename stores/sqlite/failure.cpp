#include "failure.hpp"

#include <sagaflow/store.hpp>

#include <system_error>

#include <sqlite3.h>

namespace sagaflow::sqlite {

namespace {

using kind = store_error::kind;

struct verdict {
    kind which;
    errc code;
    std::string what_to_do;
};

verdict judge(int code) {
    if (code == SQLITE_IOERR_CORRUPTFS) code = SQLITE_CORRUPT;
    if (code == SQLITE_READONLY_DBMOVED)
        return {kind::permanent, errc::io,
                "the file was moved or removed while in use: put it back and start again"};
    switch (code & 0xff) {
        case SQLITE_FULL:
            return {kind::transient, errc::io, "free space on its disk; work goes on by itself then"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return {kind::transient, errc::io, "another program keeps the file locked: end its transaction"};
        case SQLITE_NOMEM:
            return {kind::transient, errc::io, "the process is out of memory"};
        case SQLITE_IOERR:
            return {kind::transient, errc::io, "check the disk that holds it; the call is repeated"};
        case SQLITE_CANTOPEN:
            return {kind::transient, errc::io,
                    "check that its folder exists and may be written to by this user"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return {kind::transient, errc::io, "make the file and its folder writable for this user"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {kind::permanent, errc::corrupt,
                    "stop the program, copy the file and its -wal aside, then restore a backup, or save what "
                    "can be "
                    "read with: sqlite3 FILE .recover | sqlite3 NEW_FILE"};
        case SQLITE_TOOBIG:
            return {kind::permanent, errc::too_large, "a value is larger than SQLite stores"};
        case SQLITE_CONSTRAINT:
            return {kind::permanent, errc::invalid_argument, "what is written contradicts what is stored"};
        default:
            return {kind::permanent, errc::io, "report this with the message"};
    }
}

} // namespace

void throw_failure(sqlite3* connection, int code, const std::string& path, const std::string& doing) {
    const auto found = judge(code);
    std::string text = doing + " '" + path + "' failed: ";
    text += connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    text += " (SQLite code " + std::to_string(code) + ")";
    const int reason = connection != nullptr ? sqlite3_system_errno(connection) : 0;
    const int primary = code & 0xff;
    if (reason != 0 && (primary == SQLITE_IOERR || primary == SQLITE_FULL || primary == SQLITE_CANTOPEN))
        text += ", " + std::generic_category().message(reason);
    throw store_error(found.which, found.code, text + "; " + found.what_to_do);
}

} // namespace sagaflow::sqlite
