// Pinned: a bare loop with prepared statements over a rowid table with a UNIQUE text key of 24
// random characters. Per saga transition it inserts one 120-byte event row and upserts one 400-byte
// record, in batches of 512, four transitions per saga, 200,000 sagas, page, cache and checkpoint
// settings the engine's own, best of three.
#include "reference.hpp"

#include "benchmarks.hpp"
#include "report.hpp"

#include <sagaflow/sqlite.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace bench {

namespace {

constexpr std::size_t key_bytes = 24;
constexpr std::size_t event_bytes = 120;
constexpr std::size_t record_bytes = 400;

using clock = std::chrono::steady_clock;

// The bare store: two statements and a transaction around them.
class database {
  public:
    explicit database(const std::filesystem::path& file) : file_(file) {
        remove();
        check(sqlite3_open(file_.c_str(), &db_));
        sagaflow::sqlite::apply(db_, {}); // the engine's own settings
        execute(
            "CREATE TABLE event (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL);"
            "CREATE TABLE saga (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, record TEXT NOT "
            "NULL)");
        begin_ = prepare("BEGIN IMMEDIATE");
        event_ = prepare("INSERT INTO event (body) VALUES (?1)");
        saga_ = prepare(
            "INSERT INTO saga (key, record) VALUES (?1, ?2) "
            "ON CONFLICT (key) DO UPDATE SET record = excluded.record");
        commit_ = prepare("COMMIT");
    }
    database(const database&) = delete;
    database& operator=(const database&) = delete;
    ~database() {
        for (auto* statement : {begin_, event_, saga_, commit_}) sqlite3_finalize(statement);
        sqlite3_close(db_);
        remove();
    }

    void begin() { step(begin_); }
    void commit() { step(commit_); }

    void transition(const std::string& key) {
        bind(event_, 1, event_body_);
        step(event_);
        bind(saga_, 1, key);
        bind(saga_, 2, record_);
        step(saga_);
    }

  private:
    void remove() const {
        for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix);
    }
    void check(int code) const {
        if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
    }
    void execute(const char* sql) const { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
    sqlite3_stmt* prepare(const char* sql) const {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statement;
    }
    void bind(sqlite3_stmt* statement, int index, const std::string& text) const {
        check(sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
    }
    void step(sqlite3_stmt* statement) const {
        check(sqlite3_step(statement));
        check(sqlite3_reset(statement));
    }

    std::filesystem::path file_;
    sqlite3* db_ = nullptr;
    sqlite3_stmt *begin_ = nullptr, *event_ = nullptr, *saga_ = nullptr, *commit_ = nullptr;
    const std::string event_body_ = std::string(event_bytes, 'e');
    const std::string record_ = std::string(record_bytes, 'r');
};

std::vector<std::string> random_keys(std::uint64_t count) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::mt19937_64 random{42};
    std::uniform_int_distribution<std::size_t> letter{0, letters.size() - 1};
    std::vector<std::string> keys(count, std::string(key_bytes, ' '));
    for (auto& key : keys)
        for (auto& c : key) c = letters[letter(random)];
    return keys;
}

// As many sagas as a batch holds are in flight at a time; each commit takes one transition of every
// one of them.
double sagas_per_second(const std::filesystem::path& file, const reference_load& load,
                        const std::vector<std::string>& keys) {
    database db{file};
    const auto began = clock::now();
    for (std::size_t first = 0; first < keys.size(); first += load.batch) {
        const auto last = std::min<std::size_t>(first + load.batch, keys.size());
        for (std::uint64_t t = 0; t < load.transitions; ++t) {
            db.begin();
            for (auto i = first; i < last; ++i) db.transition(keys[i]);
            db.commit();
        }
    }
    return static_cast<double>(keys.size()) / (microseconds_since(began) / 1e6);
}

} // namespace

struct lone_commits::impl {
    database db;
    std::vector<std::string> keys;
    std::uint64_t transitions; // of each saga
    std::uint64_t done = 0;
};

lone_commits::lone_commits(const std::filesystem::path& folder, const reference_load& load)
    : impl_(new impl{database(folder / "lone.db"), random_keys(load.commits), load.transitions}) {}
lone_commits::~lone_commits() = default;

double lone_commits::commit() {
    const auto& key = impl_->keys[impl_->done++ / impl_->transitions % impl_->keys.size()];
    const auto began = clock::now();
    impl_->db.begin();
    impl_->db.transition(key);
    impl_->db.commit();
    return microseconds_since(began);
}

reference_figures measure_reference(const std::filesystem::path& folder, const reference_load& load) {
    const auto keys = random_keys(load.sagas);
    const auto file = folder / "reference.db";
    reference_figures figures{.sagas_per_s = 0, .commit_p50_us = 0, .cpu_us_per_saga = 1e9};
    for (std::uint64_t round = 0; round < load.rounds; ++round) {
        const auto began = std::clock();
        figures.sagas_per_s = std::max(figures.sagas_per_s, sagas_per_second(file, load, keys));
        const auto cpu = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC * 1e6;
        figures.cpu_us_per_saga = std::min(figures.cpu_us_per_saga, cpu / static_cast<double>(load.sagas));
    }
    lone_commits commits(folder, load);
    std::vector<double> samples(load.commits);
    for (auto& sample : samples) sample = commits.commit();
    figures.commit_p50_us = percentile(samples, 0.5);
    return figures;
}

void run_reference(session& s) {
    const auto& figures = s.reference();
    report("reference", {{"sagas_per_s", figures.sagas_per_s}, {"commit_p50_us", figures.commit_p50_us}});
}

} // namespace bench
