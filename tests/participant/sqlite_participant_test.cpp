// A participant whose data is in SQLite: what its handlers write and what the inbox remembers is one
// transaction.
#include "chat.hpp"
#include "scripted_transport.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>

#include <optional>

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace sagaflow::testing {
namespace {

void execute(sqlite3* db, const std::string& sql) {
    char* why = nullptr;
    if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &why) == SQLITE_OK) return;
    const std::string text = why != nullptr ? why : "unknown";
    sqlite3_free(why);
    throw std::runtime_error(text);
}

// The service keeps its rooms beside the inbox. A user that "throws" or "spoils" does so after its room was
// written: "spoils" also ends the savepoint that its room was to be undone with.
struct rooms : ::testing::Test {
    rooms() {
        EXPECT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
        execute(other, "CREATE TABLE rooms (user TEXT NOT NULL)");
        participant_options o;
        o.name = "chat";
        o.transport = bus;
        o.inbox = sqlite::open_inbox({.path = path, .settings = {.durable = false}});
        o.batch_time = std::chrono::hours(1);
        service.emplace(std::move(o));
        service->handle<chats::open>(
            [this](const chats::open& c, sqlite::transaction& tx) -> outcome<chats::opened> {
                ++handled;
                execute(tx.connection(), "INSERT INTO rooms VALUES ('" + c.user + "')");
                if (c.user == "spoils") execute(tx.connection(), "RELEASE sagaflow");
                if (c.user == "throws" || c.user == "spoils") throw std::runtime_error("no room");
                if (c.user == "rejects") return reject("no room");
                return chats::opened{"room of " + c.user};
            });
        service->start();
    }
    ~rooms() override {
        service.reset();
        sqlite3_close(other);
    }

    // As another connection sees it: what is committed.
    int count(const std::string& from) const {
        sqlite3_stmt* query = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(other, ("SELECT count(*) FROM " + from).c_str(), -1, &query, nullptr),
                  SQLITE_OK);
        EXPECT_EQ(sqlite3_step(query), SQLITE_ROW);
        const int n = sqlite3_column_int(query, 0);
        sqlite3_finalize(query);
        return n;
    }

    temp_folder folder;
    std::string path = folder.file("chat.db");
    sqlite3* other = nullptr;
    std::shared_ptr<scripted_transport> bus = std::make_shared<scripted_transport>();
    std::optional<participant> service;
    int handled = 0;
};

TEST_F(rooms, B1_what_a_handler_writes_commits_with_its_inbox_row_and_once) {
    bus->deliver({command("ada", "ada"), command("ada", "ada")});
    bus->deliver(command("ada", "ada"));
    EXPECT_EQ(handled, 1);
    EXPECT_EQ(count("rooms"), 1);
    EXPECT_EQ(count("sagaflow_inbox"), 1);
    EXPECT_EQ(bus->sent.size(), 3U);
}

TEST_F(rooms, B4_what_a_handler_wrote_before_it_threw_is_rolled_back_and_nothing_is_stored) {
    const auto first = bus->deliver({command("ada", "ada"), command("bob", "throws"), command("cid", "cid")});
    EXPECT_EQ(bus->end_of(first + 1), "retry");
    EXPECT_EQ(count("rooms WHERE user = 'throws'"), 0);
    EXPECT_EQ(count("rooms"), 2);
    EXPECT_EQ(count("sagaflow_inbox"), 2);
}

TEST_F(rooms, B5_what_a_handler_wrote_before_it_rejected_stays_with_its_answer) {
    bus->deliver(command("ada", "rejects"));
    EXPECT_EQ(count("rooms"), 1) << "a handler that rejects decides what it leaves behind";
    EXPECT_EQ(count("sagaflow_inbox"), 1);
}

TEST_F(rooms, B6_writes_that_can_not_be_undone_alone_are_undone_with_their_batch_which_runs_one_by_one) {
    const auto first = bus->deliver({command("ada", "ada"), command("bob", "spoils"), command("cid", "cid")});
    EXPECT_EQ(count("rooms WHERE user = 'spoils'"), 0);
    EXPECT_EQ(bus->end_of(first), "acknowledge");
    EXPECT_EQ(bus->end_of(first + 1), "retry");
    EXPECT_EQ(bus->end_of(first + 2), "acknowledge");
    EXPECT_EQ(count("rooms"), 2);
    EXPECT_EQ(count("sagaflow_inbox"), 2);
    EXPECT_EQ(handled, 2 + 3) << "the batch until it was lost, then each alone";
    const auto last = bus->deliver(command("eve", "spoils")); // also when nothing comes after it
    EXPECT_EQ(bus->end_of(last), "retry");
    EXPECT_EQ(count("rooms"), 2);
}

} // namespace
} // namespace sagaflow::testing
