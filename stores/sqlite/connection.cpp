#include "connection.hpp"

#include "failure.hpp"

#include <utility>

namespace sagaflow::sqlite {

namespace {

constexpr int busy_timeout_ms = 5'000;

} // namespace

connection::connection(std::string path, const std::string& vfs) : path_(std::move(path)) {
    constexpr int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &opened, flags, vfs.empty() ? nullptr : vfs.c_str());
    handle_.reset(opened);
    if (code != SQLITE_OK) fail(code, "opening");
    sqlite3_busy_timeout(opened, busy_timeout_ms);
}

void connection::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, "using");
}

std::int64_t connection::integer(const std::string& sql) {
    statement query(*this, sql);
    return query.step() ? query.integer(0) : 0;
}

void connection::fail(int code, const char* doing) const {
    throw_failure(handle(), code, path_, doing);
}

statement::statement(connection& owner, std::string_view sql) : owner_(&owner) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(owner.handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    handle_.reset(prepared);
    if (code != SQLITE_OK) owner.fail(code, "preparing a statement on");
}

bool statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    reset();
    owner_->fail(code, "using");
}

} // namespace sagaflow::sqlite
