// A connection and its prepared statements, as thin as they can be: every failure is thrown as store_error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace sagaflow::sqlite {

// Used by one thread at a time.
class connection {
  public:
    connection(std::string path, const std::string& vfs);

    sqlite3* handle() const noexcept { return handle_.get(); }
    const std::string& path() const noexcept { return path_; }
    void execute(const std::string& sql);
    std::int64_t integer(const std::string& sql); // the first column of the first row; 0 without one
    int changes() const noexcept { return sqlite3_changes(handle()); }
    [[noreturn]] void fail(int code, const char* doing) const;

  private:
    struct closer {
        void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
    };
    std::string path_;
    std::unique_ptr<sqlite3, closer> handle_;
};

// Values are bound without a copy: they must live until the statement is reset.
class statement {
  public:
    statement(connection& owner, std::string_view sql);

    statement& bind(int index, std::int64_t value) noexcept {
        sqlite3_bind_int64(handle_.get(), index, value);
        return *this;
    }
    statement& bind(int index, std::uint64_t value) noexcept {
        return bind(index, static_cast<std::int64_t>(value));
    }
    statement& bind(int index, int value) noexcept { return bind(index, std::int64_t{value}); }
    statement& bind(int index, std::string_view text) noexcept {
        sqlite3_bind_text64(handle_.get(), index, text.data() != nullptr ? text.data() : "", text.size(),
                            SQLITE_STATIC, SQLITE_UTF8);
        return *this;
    }
    statement& bind_null(int index) noexcept {
        sqlite3_bind_null(handle_.get(), index);
        return *this;
    }

    bool step(); // true: there is a row. A failure resets the statement and throws
    void reset() noexcept { sqlite3_reset(handle_.get()); }
    void run() { // for statements without rows
        step();
        reset();
    }

    bool is_null(int column) const noexcept {
        return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
    }
    std::int64_t integer(int column) const noexcept { return sqlite3_column_int64(handle_.get(), column); }
    std::uint64_t number(int column) const noexcept { return static_cast<std::uint64_t>(integer(column)); }
    std::string_view text(int column) const noexcept { // until the next step or reset
        const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
        return {data != nullptr ? data : "",
                static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
    }

  private:
    struct finalizer {
        void operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
    };
    connection* owner_;
    std::unique_ptr<sqlite3_stmt, finalizer> handle_;
};

// Resets a statement at the end of a scope, also when reading a row throws.
class resetting {
  public:
    explicit resetting(statement& s) noexcept : statement_(s) {}
    ~resetting() { statement_.reset(); }
    resetting(const resetting&) = delete;
    resetting& operator=(const resetting&) = delete;

  private:
    statement& statement_;
};

} // namespace sagaflow::sqlite
