// A process that holds the files is killed; the next one opens them at once and finds what was durable.
#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>
#include <sagaflow/testing/store_script.hpp>

#include <csignal>
#include <functional>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sagaflow::testing {

namespace {

// A child that does the work, says that it is done, and waits for its death.
class victim {
  public:
    explicit victim(const std::function<void(const std::function<void()>& wait_for_death)>& work) {
        EXPECT_EQ(::pipe(said_), 0);
        process_ = ::fork();
        if (process_ == 0) {
            ::close(said_[0]);
            try {
                work([this] {
                    if (::write(said_[1], "!", 1) == 1)
                        while (true) ::pause();
                });
            } catch (...) {
            }
            ::_exit(1);
        }
        ::close(said_[1]);
        char c = 0;
        EXPECT_EQ(::read(said_[0], &c, 1), 1) << "it died before its time";
    }
    ~victim() {
        if (process_ > 0) kill();
        ::close(said_[0]);
    }
    victim(const victim&) = delete;
    victim& operator=(const victim&) = delete;

    void kill() {
        ::kill(process_, SIGKILL);
        int status = 0;
        EXPECT_EQ(::waitpid(process_, &status, 0), process_);
        EXPECT_TRUE(WIFSIGNALED(status));
        process_ = 0;
    }
    pid_t process() const { return process_; }

  private:
    int said_[2] = {-1, -1};
    pid_t process_ = 0;
};

inbox_key key_of(const std::string& saga) {
    return {.source = "engine", .command = saga + "~1/open-chat", .compensation = false, .number = 1};
}

TEST(sqlite_kill, F2_the_store_of_a_killed_process_is_free_at_once_and_holds_what_was_durable) {
    temp_folder folder;
    const auto path = folder.file("sagas.db");
    victim holder([&](const auto& wait_for_death) {
        const auto kept = sqlite::open({.path = path});
        store_script script;
        script.own(kept->claim(0, "first"));
        kept->commit(script.started_many("id-", 10));
        wait_for_death();
    });
    try {
        (void)sqlite::open({.path = path});
        ADD_FAILURE() << "it is held";
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::in_use);
        EXPECT_NE(std::string(e.what()).find("process " + std::to_string(holder.process())),
                  std::string::npos)
            << e.what();
    }
    holder.kill();
    const auto kept = sqlite::open({.path = path});
    const auto owned = kept->claim(0, "second");
    EXPECT_EQ(owned.last_batch, 1U);
    EXPECT_EQ(kept->list({.limit = 100}, 0).sagas.size(), 10U);
    store_script script;
    script.own(owned);
    kept->commit(script.started({"new"}));
}

TEST(sqlite_kill, B9_the_inbox_of_a_process_killed_in_a_transaction_is_free_and_holds_nothing_of_it) {
    temp_folder folder;
    const auto path = folder.file("chat.db");
    const auto claim_and_answer = [](inbox_transaction& tx, const std::string& saga) {
        tx.claim(key_of(saga));
        tx.answer(key_of(saga), {reply_outcome::success, "{}"});
        sqlite3_exec(static_cast<sqlite::transaction&>(tx).connection(),
                     ("INSERT INTO rooms VALUES ('" + saga + "')").c_str(), nullptr, nullptr, nullptr);
    };
    victim holder([&](const auto& wait_for_death) {
        const auto in = sqlite::open_inbox({.path = path});
        in->transaction([](inbox_transaction& tx) {
            sqlite3_exec(static_cast<sqlite::transaction&>(tx).connection(), "CREATE TABLE rooms (saga TEXT)",
                         nullptr, nullptr, nullptr);
        });
        in->transaction([&](inbox_transaction& tx) { claim_and_answer(tx, "durable"); });
        in->transaction([&](inbox_transaction& tx) {
            claim_and_answer(tx, "lost");
            wait_for_death();
        });
    });
    holder.kill();
    const auto in = sqlite::open_inbox({.path = path});
    in->transaction([&](inbox_transaction& tx) {
        EXPECT_TRUE(tx.claim(key_of("durable")).answer);
        EXPECT_FALSE(tx.claim(key_of("lost")).answer);
        int rooms = 0;
        sqlite3_exec(
            static_cast<sqlite::transaction&>(tx).connection(), "SELECT saga FROM rooms",
            [](void* n, int, char**, char**) { return ++*static_cast<int*>(n), 0; }, &rooms, nullptr);
        EXPECT_EQ(rooms, 1);
    });
}

} // namespace

} // namespace sagaflow::testing
