// What the user service does beside its requests.
#include "user/bookkeeper.hpp"

#include "user_service.hpp"

#include <sagaflow/log.hpp>

#include <atomic>
#include <mutex>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace signup {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct told_lines : sagaflow::log_sink {
    void write(sagaflow::log_level, std::string_view message,
               std::span<const sagaflow::log_field>) noexcept override {
        const std::lock_guard lock(mutex);
        lines.emplace_back(message);
    }
    std::vector<std::string> all() {
        const std::lock_guard lock(mutex);
        return lines;
    }
    std::mutex mutex;
    std::vector<std::string> lines;
};

request account_of(const std::string& user_id) {
    return {.user_id = user_id,
            .request_id = "r1",
            .saga_type = "",
            .user_name = "Ada",
            .email = "a@b",
            .password_hash = "hash"};
}

struct books_kept : ::testing::Test {
    // Does not wait for the pace of the books.
    template <class Condition>
    void soon(Condition condition) {
        wait_until([&] {
            books.wake();
            return condition();
        });
    }
    void put_ended(const std::string& user_id, std::int64_t at) {
        const auto r = s.put(user_id, "of " + user_id);
        s.users.change([&](sqlite3* db) { return record_end(db, r, at), true; });
    }
    // `tries`: of writing to the database to see whether it works.
    void count_tries() {
        s.users.read([&](sqlite3* db) {
            const auto count = [](unsigned, void* counter, void*, void* sql) {
                if (std::string_view(static_cast<const char*>(sql)).find("INTO probe") != std::string::npos)
                    ++*static_cast<std::atomic<int>*>(counter);
                return 0;
            };
            sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count, &tries);
        });
    }
    // Nothing more can be inserted; to begin a transaction and to delete takes no room.
    void fill_disk() {
        s.users.read([](sqlite3* db) {
            for (const std::string table : {"requests", "probe"})
                execute(db, "CREATE TEMP TRIGGER full_" + table + " BEFORE INSERT ON " + table +
                                " BEGIN SELECT RAISE(FAIL, 'disk full'); END");
        });
    }
    void make_room() {
        s.users.read([](sqlite3* db) {
            for (const std::string table : {"requests", "probe"}) execute(db, "DROP TRIGGER full_" + table);
        });
    }
    std::atomic<int> tries{0};
    user_service s;
    told_lines log;
    bookkeeper books{{s.users, s.engine, s.starts, &log}, 1h};
};

TEST_F(books_kept, a_request_that_was_stored_but_not_started_is_started) {
    s.put("ada", "r1"); // and then the process died
    books.start();
    soon([&] { return s.engine.find("r1").has_value(); });
}

TEST_F(books_kept, what_a_request_ended_with_is_kept_and_its_hash_is_not) {
    s.let_others_answer();
    books.start();
    const auto outcome = s.sign_up("ada");
    ASSERT_EQ(refused(outcome), std::nullopt);
    s.end_of(std::get<std::string>(outcome));
    soon([&] { return s.stored("ada").state == request_state::ended; });
    const auto r = s.stored("ada");
    EXPECT_THAT(r.status, HasSubstr("USER_INSERT_COMPLETE"));
    EXPECT_GT(r.last_event, 0U);
    EXPECT_EQ(r.password_hash, "");
}

TEST_F(books_kept, a_request_whose_saga_was_purged_has_ended) {
    const auto r = s.put("ada", "r1");
    s.users.change([&](sqlite3* db) { return mark_running(db, r.request_id), true; });
    books.start();
    soon([&] { return s.stored("ada").state == request_state::ended; });
    EXPECT_FALSE(s.engine.find("r1")) << "it must not be started a second time";
}

TEST_F(books_kept, what_ended_long_ago_is_forgotten_but_not_while_its_user_is_there) {
    put_ended("gone", 1);
    put_ended("there", 1);
    s.users.change([&](sqlite3* db) { return insert_user(db, account_of("there"), "active"), true; });
    put_ended("lately", std::chrono::duration_cast<std::chrono::seconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count());
    books.start();
    soon([&] { return s.stored("gone").request_id.empty(); });
    EXPECT_EQ(s.stored("there").request_id, "of there");
    EXPECT_EQ(s.stored("lately").request_id, "of lately");
}

TEST_F(books_kept, a_full_disk_is_told_once_and_tried_until_there_is_room) {
    count_tries();
    fill_disk();
    EXPECT_THROW(s.put("ada", "r1"), database_error);
    books.start();
    soon([&] { return tries >= 3; });
    EXPECT_NE(s.users.trouble(), "");
    make_room();
    soon([&] { return s.users.trouble().empty() && log.all().size() > 1; });
    EXPECT_THAT(log.all(), ElementsAre("the books can't be kept now", "the books are kept again"));
}

} // namespace
} // namespace signup
