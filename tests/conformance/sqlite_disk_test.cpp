// What the SQLite store does when its disk fails: a commit is all or nothing, and can be repeated as it was.
#include "faulty_vfs.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>
#include <sagaflow/testing/store_script.hpp>

#include <filesystem>
#include <functional>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace sagaflow::testing {

namespace {

class sqlite_disk : public ::testing::Test {
  protected:
    sqlite_disk() {
        disk().heal();
        open(folder.file("sagas.db"));
        kept->commit(script.started_many("old-", 50));
    }
    ~sqlite_disk() override { disk().heal(); }

    void open(const std::string& path) {
        kept.reset();
        kept = sqlite::open({.path = path, .vfs = faulty_vfs()});
        script.own(kept->claim(0, "disk"));
    }
    bool has(const std::string& id) { return kept->load(std::vector{id}).at(0).has_value(); }

    // Fails, is seen by nobody, and succeeds unchanged when the disk is well again.
    void fails_then_succeeds(const std::function<void()>& break_disk) {
        const auto b = script.started({"a", "b"});
        break_disk();
        try {
            kept->commit(b);
            ADD_FAILURE() << "the commit was to fail";
        } catch (const store_error& e) {
            EXPECT_EQ(e.which(), store_error::kind::transient) << e.what();
            EXPECT_NE(std::string(e.what()).find("sagas.db"), std::string::npos) << e.what();
        }
        EXPECT_FALSE(has("a"));
        EXPECT_TRUE(has("old-0")) << "reading goes on";
        disk().heal();
        kept->commit(b);
        kept->commit(b);
        EXPECT_TRUE(has("a"));
        EXPECT_TRUE(has("b"));
        EXPECT_EQ(kept->events(0, std::nullopt, 1'000).size(), 52U);
    }

    temp_folder folder;
    std::shared_ptr<store> kept;
    store_script script;
};

TEST_F(sqlite_disk, a_commit_whose_fsync_failed_is_seen_by_nobody_and_can_be_repeated) {
    fails_then_succeeds([] { disk().fsync_fails = true; });
}

TEST_F(sqlite_disk, a_commit_on_a_full_disk_succeeds_when_there_is_room_again) {
    fails_then_succeeds([] {
        disk().write_error = SQLITE_FULL;
        disk().writes_left = 1;
    });
}

TEST_F(sqlite_disk, a_short_write_leaves_nothing_of_a_batch_behind) {
    fails_then_succeeds([] {
        disk().write_error = SQLITE_IOERR_WRITE;
        disk().writes_left = 3;
    });
}

TEST_F(sqlite_disk, a_full_disk_is_named_with_what_to_do) {
    disk().write_error = SQLITE_FULL;
    disk().writes_left = 0;
    try {
        kept->commit(script.started({"a"}));
        ADD_FAILURE() << "the commit was to fail";
    } catch (const store_error& e) {
        EXPECT_NE(std::string(e.what()).find("free space"), std::string::npos) << e.what();
    }
}

// A kill between any two writes of a commit, with half of the next one on the disk: the files as they are
// then are copied and opened anew.
TEST_F(sqlite_disk, after_a_kill_between_any_two_writes_a_batch_is_there_whole_or_not_at_all) {
    int whole = 0;
    int none = 0;
    for (int writes = 0; writes < 200 && whole == 0; ++writes) {
        const auto b = script.started({"a" + std::to_string(writes), "b" + std::to_string(writes)});
        disk().write_error = SQLITE_IOERR_WRITE;
        disk().writes_left = writes;
        bool committed = true;
        try {
            kept->commit(b);
        } catch (const store_error&) {
            committed = false;
        }
        const auto copy = folder.file("copy-" + std::to_string(writes) + ".db");
        for (const auto* suffix : {"", "-wal"})
            std::filesystem::copy_file(folder.file("sagas.db") + suffix, copy + suffix);
        disk().heal();
        {
            const auto reopened = sqlite::open({.path = copy});
            const auto owned = reopened->claim(0, "after the kill");
            const auto rows =
                reopened->load(std::vector{b.started[0].id, b.started[1].id, std::string("old-7")});
            EXPECT_EQ(rows[0].has_value(), rows[1].has_value()) << "after " << writes << " writes";
            EXPECT_EQ(rows[0].has_value(), owned.last_batch == b.number);
            EXPECT_TRUE(rows[2].has_value());
            EXPECT_TRUE(rows[0].has_value() || !committed) << "it was durable";
            (rows[0] ? whole : none) += 1;
            auto again = b;
            again.epoch = owned.epoch;
            reopened->commit(again);
            EXPECT_EQ(reopened->events(0, std::nullopt, 1'000).size(),
                      kept->events(0, std::nullopt, 1'000).size() + (committed ? 0U : 2U));
        }
        kept->commit(b);
    }
    EXPECT_EQ(whole, 1);
    EXPECT_GT(none, 3);
}

} // namespace

} // namespace sagaflow::testing
