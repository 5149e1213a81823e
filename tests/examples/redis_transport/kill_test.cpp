// A service's process is killed in the middle of its work, and another one goes on with what it left.
#include "redis_transport.hpp"
#include "seats.hpp"
#include "support/own_service.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/memory.hpp>
#include <sagaflow/sagaflow.hpp>

#include <csignal>
#include <set>

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;

constexpr int guests = 400;
constexpr int legs = 2;

struct journey {
    std::string guest;
};
BOOST_DESCRIBE_STRUCT(journey, (), (guest))

// The engine repeats nothing while the test runs: what a process left is done by another, or not at all.
step<journey, seats::take> leg(const char* name, int number) {
    return {
        .name = name,
        .send =
            [number](const journey& j) {
                return seats::take{j.guest, number};
            },
        .compensate =
            [number](const journey& j) {
                return seats::give_back{j.guest, number};
            },
        .timeout = 1h,
    };
}

class seat_service {
  public:
    seat_service(const std::string& redis, const std::string& database) {
        std::array<int, 2> in{};
        if (::pipe2(in.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        posix_spawn_file_actions_t actions{};
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        std::array<std::string, 3> words = {SEAT_SERVICE, redis, database};
        std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(), nullptr};
        const int failed = ::posix_spawn(&pid_, SEAT_SERVICE, &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(in[0]);
        input_ = in[1];
        if (failed != 0) throw std::runtime_error("can't run " SEAT_SERVICE);
    }
    ~seat_service() {
        ::close(input_);
        ::waitpid(pid_, nullptr, 0);
    }
    seat_service(const seat_service&) = delete;
    seat_service& operator=(const seat_service&) = delete;

    void kill9() const { ::kill(pid_, SIGKILL); }

  private:
    pid_t pid_ = 0;
    int input_ = -1;
};

// The seats that are taken: each of the rows, in order.
std::vector<std::string> taken(const std::string& database) {
    std::vector<std::string> rows;
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(database.c_str(), &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 10'000);
    const auto add = [](void* to, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(to)->push_back(std::string(values[0]) + "/" + values[1]);
        return 0;
    };
    sqlite3_exec(db, "SELECT guest, leg FROM seats ORDER BY guest, leg", add, &rows, nullptr);
    sqlite3_close(db);
    return rows;
}

// How many are taken when there are at least so many.
std::size_t wait_for(const std::string& database, std::size_t least) {
    const auto give_up = std::chrono::steady_clock::now() + 60s;
    auto count = taken(database).size();
    while (count < least && std::chrono::steady_clock::now() < give_up) count = taken(database).size();
    return count;
}

TEST(redis_transport, what_a_killed_process_left_is_done_by_another_once) {
    const own_service redis_server("redis");
    const temp_folder folder;
    const auto database = folder.file("seats.db");
    const auto address = redis_server.address("redis");
    const auto bus = redis::make_transport(redis::at(address));
    engine trips{{.name = "trips", .store = memory::make_store(), .transports = {bus}}};
    auto journeys = trips.host(
        saga<journey>{.name = "journey", .version = 1, .stages = stages(leg("out", 1), leg("back", 2))});
    trips.start();

    auto service = std::make_unique<seat_service>(address, database);
    for (int i = 0; i < guests; ++i) {
        const auto guest = "guest-" + std::to_string(i);
        journeys.async_start(guest, {guest}, [](result<started> r) { EXPECT_TRUE(r); });
    }
    for (std::size_t kills = 1; kills <= 5; ++kills) {
        const auto done = wait_for(database, kills * guests * legs / 8);
        EXPECT_LT(done, std::size_t{guests * legs}) << "it was done before it could be killed";
        service->kill9();
        service = std::make_unique<seat_service>(address, database);
    }
    ASSERT_EQ(wait_for(database, guests * legs), std::size_t{guests * legs});
    for (int i = 0; i < guests; ++i) {
        auto last = saga_state::running;
        for (const auto& event : trips.watch("guest-" + std::to_string(i))) last = event.state;
        EXPECT_EQ(last, saga_state::completed);
    }
    const auto seats = taken(database);
    EXPECT_EQ(std::set(seats.begin(), seats.end()).size(), seats.size()) << "one was taken twice";
    trips.stop();
    bus->close();
}

} // namespace
} // namespace sagaflow::testing
