// The index of saga ids, with so little room in memory that it goes to the disk all the time.
#include "../../stores/sqlite/reader.hpp"
#include "../../stores/sqlite/schema.hpp"
#include "../../stores/sqlite/writer.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>
#include <sagaflow/testing/store_script.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

namespace {

class sqlite_ids : public ::testing::Test {
  protected:
    sqlite_ids() { open(); }

    void open() {
        writing.reset();
        db.emplace(options.path, "");
        sqlite::apply(db->handle(), options.settings);
        sqlite::migrate(*db, sqlite::migrations());
        db->execute("INSERT OR IGNORE INTO store VALUES (1, 'urn:sagaflow:x', 0, '', 0, 0, 0, 0)");
        writing.emplace(*db);
        writing->ids().set_recent_limit(64);
        script.own(writing->claim("ids"));
    }
    bool has(int i) {
        sqlite::reader r(options);
        return r.load(std::vector{"id-" + std::to_string(i)}, writing->ids()).at(0).has_value();
    }
    bool is_refused(const std::string& id) {
        try {
            writing->commit(script.started({id}));
        } catch (const store_error& e) {
            script.give_back();
            return e.which() == store_error::kind::permanent;
        }
        return false;
    }
    std::int64_t on_disk() { return db->integer("SELECT count(*) FROM saga_ids"); }

    temp_folder folder;
    sqlite::store_options options{.path = folder.file("sagas.db"), .settings = {.durable = false}};
    std::optional<sqlite::connection> db;
    std::optional<sqlite::writer> writing;
    store_script script;
};

TEST_F(sqlite_ids, are_found_in_memory_on_their_way_and_on_the_disk) {
    for (int i = 0; i < 100; ++i) {
        writing->commit(script.started_many("id-", 10));
        for (int k = 0; k < 10 * (i + 1); k += 37) ASSERT_TRUE(has(k)) << "after " << i << ": " << k;
    }
    EXPECT_GT(on_disk(), 700);
    EXPECT_LT(on_disk(), 1'000);
    for (int i = 1'000; i < 1'300; ++i) ASSERT_FALSE(has(i));
    EXPECT_TRUE(is_refused("id-3"));
    EXPECT_TRUE(is_refused("id-999"));
}

TEST_F(sqlite_ids, are_found_after_reopening_wherever_they_were) {
    for (int i = 0; i < 33; ++i) {
        writing->commit(script.started_many("id-", 10));
        open();
        for (int k = 0; k < 10 * (i + 1); ++k)
            ASSERT_TRUE(is_refused("id-" + std::to_string(k))) << i << ": " << k;
    }
    EXPECT_GT(on_disk(), 0);
}

TEST_F(sqlite_ids, of_purged_sagas_are_free_again_wherever_they_were) {
    for (int i = 0; i < 30; ++i) {
        auto b = script.started_many("id-", 10);
        for (int k = 0; k < 10; ++k) script.finish(b, "id-" + std::to_string(10 * i + k));
        writing->commit(b);
    }
    sqlite::reader r(options);
    auto b = script.next();
    for (const auto& row : r.list({.among = saga_filter::order::finished, .limit = 1'000}, 0).sagas)
        b.purged.push_back(row.birth);
    ASSERT_EQ(b.purged.size(), 300U);
    writing->commit(b);
    EXPECT_EQ(on_disk(), 0);
    EXPECT_EQ(db->integer("SELECT count(*) FROM events"), 0);
    EXPECT_EQ(db->integer("SELECT count(*) FROM finished_batches"), 0);
    for (int i = 0; i < 300; ++i) EXPECT_FALSE(has(i));
    for (int i = 0; i < 50; ++i) {
        b = script.next();
        for (int k = 0; k < 6; ++k) script.start(b, "id-" + std::to_string(6 * i + k));
        writing->commit(b);
    }
    for (int i = 0; i < 300; ++i) EXPECT_TRUE(has(i)) << i;
    EXPECT_EQ(db->integer("SELECT count(*) FROM open_sagas"), 300);
}

TEST_F(sqlite_ids, of_a_batch_that_was_rolled_back_are_free) {
    auto b = script.started({"new"});
    b.changed.push_back(b.started[0]);
    b.changed[0].birth = 12'345;
    EXPECT_THROW(writing->commit(b), store_error);
    b.changed.clear();
    writing->commit(b);
    EXPECT_TRUE(is_refused("new"));
}

// The filter forgets nothing, so it is made anew, some of it with each commit; meanwhile and afterwards it
// must know everybody who is there.
TEST_F(sqlite_ids, are_looked_for_in_memory_only_when_many_others_were_purged) {
    constexpr int batches = 33;
    constexpr int each = 4'000; // together more than the filter bears
    for (int n = 0; n < 6; ++n) writing->commit(script.started_many("id-", each)); // they go to the disk
    ASSERT_GT(on_disk(), 3 * each);
    writing->ids().set_recent_limit(64 * 1024);
    std::vector<std::string> gone;
    for (int n = 0; n < batches; ++n) {
        auto b = script.next();
        auto purge = script.next();
        for (int i = 0; i < each; ++i) {
            gone.push_back("gone-" + std::to_string(n * each + i));
            purge.purged.push_back(script.start(b, gone.back()).birth);
            script.finish(b, gone.back());
        }
        writing->commit(b);
        writing->commit(purge);
    }
    const auto looked_for_on_disk = [&] {
        return std::count_if(gone.begin(), gone.end(), [&](const std::string& id) {
            return writing->ids().find(sqlite::hash_of_id(id)).look_on_disk;
        });
    };
    for (int n = 0; n < 50; ++n) {
        for (int i = n; i < 6 * each; i += 997) ASSERT_TRUE(has(i)) << n;
        ASSERT_TRUE(is_refused("id-" + std::to_string(n)));
        writing->commit(script.started({"new-" + std::to_string(n)}));
        ASSERT_TRUE(is_refused("new-" + std::to_string(n)));
    }
    EXPECT_LT(looked_for_on_disk(), batches * each / 10);
}

TEST(sqlite_ids_hash, is_part_of_the_files_format_and_never_changes) {
    EXPECT_EQ(sqlite::hash_of_id(""), -1166397803181037274);
    EXPECT_EQ(sqlite::hash_of_id("signup-ada"), -3860629031319407210);
}

TEST(sqlite_recent_ids, finds_what_was_inserted_and_not_erased) {
    sqlite::recent_ids ids;
    for (std::uint64_t i = 1; i <= 5'000; ++i)
        ids.insert({.hash = static_cast<std::int64_t>(i % 700), .birth = i});
    for (std::uint64_t i = 1; i <= 5'000; i += 3)
        ids.erase({.hash = static_cast<std::int64_t>(i % 700), .birth = i});
    ids.erase({.hash = 1, .birth = 99'999});
    std::size_t found = 0;
    for (std::int64_t hash = 0; hash < 700; ++hash) {
        std::vector<std::uint64_t> births;
        ids.find(hash, births);
        for (const auto birth : births) {
            EXPECT_NE(birth % 3, 1U);
            EXPECT_EQ(static_cast<std::int64_t>(birth % 700), hash);
        }
        found += births.size();
    }
    EXPECT_EQ(found, 3'333U);
    EXPECT_EQ(ids.take_sorted().size(), 3'333U);
}

} // namespace

} // namespace sagaflow::testing
