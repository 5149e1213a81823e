// database: a service's own SQLite file, for short reads and changes from several threads.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace signup {

// What SQLite said, and of which file.
class database_error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// One SQL statement on its way: statement(connection, "SELECT … WHERE a = ? AND b = ?", a, b).
class statement {
  public:
    template <class... Args>
    statement(sqlite3* on, std::string_view sql, const Args&... args) : on_(on) {
        prepare(sql);
        (bind(args), ...);
    }
    ~statement();
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;

    bool step(); // whether there is a row
    std::string text(int column) const;
    std::optional<std::string> maybe_text(int column) const;
    std::int64_t integer(int column) const;

  private:
    void prepare(std::string_view sql);
    void bind(std::string_view text);
    void bind(std::int64_t number);

    sqlite3* on_;
    sqlite3_stmt* it_ = nullptr;
    int bound_ = 0;
};

int rows_changed(sqlite3* on);

// Runs a statement that returns no rows; how many rows it changed.
template <class... Args>
int execute(sqlite3* on, std::string_view sql, const Args&... args) {
    statement(on, sql, args...).step();
    return rows_changed(on);
}

// BEGIN IMMEDIATE, rolled back unless it is committed.
class write_transaction {
  public:
    explicit write_transaction(sqlite3* on);
    ~write_transaction();
    write_transaction(const write_transaction&) = delete;
    write_transaction& operator=(const write_transaction&) = delete;
    void commit();

  private:
    sqlite3* on_;
    bool open_ = true;
};

// Any thread; one at a time is served.
class database {
  public:
    // Opens or makes the file and runs the schema (CREATE … IF NOT EXISTS). Throws database_error.
    database(std::string path, const std::string& schema);
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    const std::string& path() const noexcept { return path_; }

    template <class Work>
    auto read(Work work) {
        const std::lock_guard lock(mutex_);
        return work(connection_);
    }

    // In one transaction, durable when it returns. If work throws, nothing is changed.
    template <class Work>
    auto change(Work work) {
        const std::lock_guard lock(mutex_);
        try {
            write_transaction t(connection_);
            auto result = work(connection_);
            t.commit();
            note_trouble({});
            return result;
        } catch (const database_error& e) {
            note_trouble(e.what());
            throw;
        }
    }

    // Why the last change failed; empty when it did not.
    std::string trouble() const;

  private:
    void note_trouble(const std::string& why);

    std::string path_;
    std::mutex mutex_; // of the connection
    sqlite3* connection_ = nullptr;
    mutable std::mutex trouble_mutex_;
    std::string trouble_;
};

} // namespace signup
