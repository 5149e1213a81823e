#include "base/database.hpp"

#include <sagaflow/sqlite.hpp>

#include <filesystem>
#include <utility>

#include <sqlite3.h>

namespace signup {

namespace {

constexpr int patience_ms = 10'000; // for a writer on another connection

// Names the file without its folder: clients are told too.
[[noreturn]] void fail(sqlite3* on, const std::string& doing) {
    const char* file = on ? sqlite3_db_filename(on, "main") : nullptr;
    std::string text = file ? std::filesystem::path(file).filename().string() : "SQLite";
    text += ": " + doing + ": ";
    text += on ? sqlite3_errmsg(on) : "out of memory";
    throw database_error(text);
}

} // namespace

void statement::prepare(std::string_view sql) {
    if (sqlite3_prepare_v2(on_, sql.data(), static_cast<int>(sql.size()), &it_, nullptr) != SQLITE_OK) {
        fail(on_, "can't prepare a statement");
    }
}

statement::~statement() {
    sqlite3_finalize(it_);
}

void statement::bind(std::string_view text) {
    if (sqlite3_bind_text64(it_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) !=
        SQLITE_OK) {
        fail(on_, "can't bind a text");
    }
}

void statement::bind(std::int64_t number) {
    if (sqlite3_bind_int64(it_, ++bound_, number) != SQLITE_OK) fail(on_, "can't bind a number");
}

bool statement::step() {
    const int code = sqlite3_step(it_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) fail(on_, "can't run a statement");
    return code == SQLITE_ROW;
}

std::string statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(it_, column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(it_, column)))
                 : std::string();
}

std::optional<std::string> statement::maybe_text(int column) const {
    if (sqlite3_column_type(it_, column) == SQLITE_NULL) return std::nullopt;
    return text(column);
}

std::int64_t statement::integer(int column) const {
    return sqlite3_column_int64(it_, column);
}

int rows_changed(sqlite3* on) {
    return sqlite3_changes(on);
}

write_transaction::write_transaction(sqlite3* on) : on_(on) {
    execute(on_, "BEGIN IMMEDIATE");
}

write_transaction::~write_transaction() {
    // After a full disk SQLite may have rolled back by itself; then this fails, rightly.
    if (open_) sqlite3_exec(on_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void write_transaction::commit() {
    execute(on_, "COMMIT");
    open_ = false;
}

database::database(std::string path, const std::string& schema) : path_(std::move(path)) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    try {
        if (sqlite3_open_v2(path_.c_str(), &connection_, flags, nullptr) != SQLITE_OK) {
            fail(connection_, "can't open it");
        }
        if (sqlite3_db_readonly(connection_, "main") == 1)
            throw database_error("it may not be written to: make it writable for this user");
        sqlite3_busy_timeout(connection_, patience_ms);
        sagaflow::sqlite::apply(connection_, {});
        if (sqlite3_exec(connection_, schema.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            fail(connection_, "can't make its tables");
        }
    } catch (const std::exception& e) {
        sqlite3_close_v2(connection_);
        throw database_error("'" + path_ + "' can't be used: " + e.what());
    }
}

database::~database() {
    sqlite3_close_v2(connection_);
}

std::string database::trouble() const {
    const std::lock_guard lock(trouble_mutex_);
    return trouble_;
}

void database::note_trouble(const std::string& why) {
    const std::lock_guard lock(trouble_mutex_);
    trouble_ = why;
}

} // namespace signup
