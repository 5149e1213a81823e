// What the SQLite store says about a file that it can't or must not use, and how it brings an older one up to
// date.
#include "../../stores/sqlite/connection.hpp"
#include "../../stores/sqlite/schema.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>
#include <sagaflow/testing/store_script.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace sagaflow::testing {

namespace {

class sqlite_file : public ::testing::Test {
  protected:
    // The message with which the file is refused.
    std::string refusal(errc code) {
        try {
            (void)sqlite::open({.path = path});
        } catch (const error& e) {
            EXPECT_EQ(e.code(), code) << e.what();
            return e.what();
        }
        ADD_FAILURE() << "the file was to be refused";
        return {};
    }
    void execute(const std::string& sql) { sqlite::connection(path, "").execute(sql); }
    static bool says(const std::string& message, const std::string& part) {
        return message.find(part) != std::string::npos;
    }
    void make_with_sagas(int count) {
        const auto kept = sqlite::open({.path = path});
        store_script script;
        script.own(kept->claim(0, "before"));
        kept->commit(script.started_many("id-", count));
    }

    temp_folder folder;
    std::string path = folder.file("sagas.db");
};

TEST_F(sqlite_file, F2_a_second_opener_is_told_who_holds_it) {
    const auto kept = sqlite::open({.path = path});
    kept->claim(0, "billing");
    const auto message = refusal(errc::in_use);
    EXPECT_TRUE(says(message, "process " + std::to_string(::getpid()))) << message;
    EXPECT_TRUE(says(message, "engine 'billing'")) << message;
    EXPECT_TRUE(says(message, path)) << message;
}

TEST_F(sqlite_file, F2_another_name_of_the_same_file_is_refused_too) {
    const auto kept = sqlite::open({.path = path});
    std::filesystem::create_symlink(path, folder.file("link.db"));
    EXPECT_THROW((void)sqlite::open({.path = folder.file("link.db")}), error);
}

TEST_F(sqlite_file, F2_it_is_free_again_when_its_holder_is_gone) {
    sqlite::open({.path = path}).reset();
    EXPECT_NO_THROW((void)sqlite::open({.path = path}));
}

TEST_F(sqlite_file, one_of_a_newer_version_is_refused) {
    make_with_sagas(1);
    execute("PRAGMA user_version = 99");
    const auto message = refusal(errc::newer_version);
    EXPECT_TRUE(says(message, "99")) << message;
    EXPECT_TRUE(says(message, "newer sagaflow")) << message;
}

TEST_F(sqlite_file, a_database_of_something_else_is_refused_and_left_alone) {
    execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
    EXPECT_TRUE(says(refusal(errc::invalid_argument), "something else"));
    sqlite::connection db(path, "");
    EXPECT_EQ(db.integer("SELECT count(*) FROM sqlite_schema"), 1);
    EXPECT_EQ(db.integer("PRAGMA application_id"), 0);
}

TEST_F(sqlite_file, one_that_is_no_database_is_reported_with_what_to_do) {
    std::ofstream(path) << std::string(8'192, 'x');
    const auto message = refusal(errc::corrupt);
    EXPECT_TRUE(says(message, ".recover")) << message;
    EXPECT_TRUE(says(message, path)) << message;
}

TEST_F(sqlite_file, a_page_that_was_overwritten_is_reported_as_corrupt) {
    make_with_sagas(2'000);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        const std::string noise(4'096, '\x5a');
        const auto size = std::filesystem::file_size(path);
        for (std::uint64_t page = 20 * 4'096; page < size; page += 4'096) {
            file.seekp(static_cast<std::streamoff>(page));
            file << noise;
        }
    }
    try {
        const auto kept = sqlite::open({.path = path});
        (void)kept->list({.limit = 10'000}, 0);
        ADD_FAILURE() << "the damage was to be noticed";
    } catch (const store_error& e) {
        EXPECT_EQ(e.code(), errc::corrupt) << e.what();
        EXPECT_EQ(e.which(), store_error::kind::permanent);
    }
}

TEST_F(sqlite_file, a_missing_folder_is_named) {
    path = folder.file("nowhere/sagas.db");
    EXPECT_TRUE(says(refusal(errc::io), "nowhere"));
}

TEST_F(sqlite_file, a_store_without_a_file_is_refused) {
    path = ":memory:";
    EXPECT_TRUE(says(refusal(errc::invalid_argument), "memory::make_store()"));
}

// An older file, as SQL, and the step that was added since.
TEST_F(sqlite_file, an_older_version_is_brought_forward_and_keeps_its_rows) {
    execute(
        "CREATE TABLE store (id INTEGER PRIMARY KEY, source TEXT NOT NULL) STRICT;"
        "INSERT INTO store VALUES (1, 'urn:sagaflow:old');"
        "PRAGMA application_id = " +
        std::to_string(sqlite::application_id) + "; PRAGMA user_version = 1");
    const std::array<sqlite::migration, 2> steps = {
        "SELECT made_once_only", "ALTER TABLE store ADD COLUMN owner TEXT NOT NULL DEFAULT 'nobody'"};
    sqlite::connection db(path, "");
    sqlite::check_kind(db, steps);
    sqlite::migrate(db, steps);
    EXPECT_EQ(db.integer("PRAGMA user_version"), 2);
    EXPECT_EQ(db.integer("SELECT count(*) FROM store WHERE source = 'urn:sagaflow:old' AND owner = 'nobody'"),
              1);
    sqlite::migrate(db, steps); // nothing is left to do
}

TEST_F(sqlite_file, a_migration_that_fails_leaves_the_file_at_its_version) {
    const std::array<sqlite::migration, 2> steps = {
        "CREATE TABLE a (x INTEGER) STRICT", "CREATE TABLE b (x INTEGER) STRICT; SELECT no_such_function()"};
    sqlite::connection db(path, "");
    EXPECT_THROW(sqlite::migrate(db, steps), store_error);
    EXPECT_EQ(db.integer("PRAGMA user_version"), 1);
    EXPECT_EQ(db.integer("SELECT count(*) FROM sqlite_schema"), 1);
}

TEST_F(sqlite_file, its_views_use_the_names_of_the_states_and_kinds) {
    make_with_sagas(1);
    sqlite::connection db(path, "");
    for (int i = 0; i <= static_cast<int>(saga_state::abandoned); ++i)
        EXPECT_EQ(db.integer("SELECT count(*) FROM states WHERE state = " + std::to_string(i) +
                             " AND name = '" + to_string(static_cast<saga_state>(i)) + "'"),
                  1);
    for (int i = 0; i <= static_cast<int>(event_kind::abandoned); ++i)
        EXPECT_EQ(db.integer("SELECT count(*) FROM event_kinds WHERE kind = " + std::to_string(i) +
                             " AND name = '" + to_string(static_cast<event_kind>(i)) + "'"),
                  1);
    EXPECT_EQ(db.integer("SELECT count(*) FROM sagas WHERE state = 'running' AND started LIKE '20__-%Z'"), 1);
    EXPECT_EQ(db.integer("SELECT count(*) FROM history WHERE id = 'id-0' AND kind = 'started'"), 1);
}

} // namespace

} // namespace sagaflow::testing
