// The engine's only clock, over clocks that a test sets.
#include "runtime/run_clock.hpp"

#include <gtest/gtest.h>

namespace sagaflow::runtime {
namespace {

using namespace std::chrono_literals;

struct wall {
    using time_point = std::chrono::system_clock::time_point;
    static inline time_point at = {};
    static time_point now() { return at; }
};
struct steady {
    using time_point = std::chrono::steady_clock::time_point;
    static inline time_point at = {};
    static time_point now() { return at; }
};

struct a_run : ::testing::Test {
    a_run() {
        wall::at = wall::time_point(24h * 20'000);
        steady::at = steady::time_point(5h);
    }
    const time_point began{24h * 20'000};
};

TEST_F(a_run, R21_begins_at_wall_time_and_goes_on_with_the_steady_clock) {
    const clock_of_a_run<wall, steady> clock;
    EXPECT_EQ(clock.now(), began);
    steady::at += 1500ms;
    EXPECT_EQ(clock.now(), began + 1500ms);
}

TEST_F(a_run, R21_a_jump_of_wall_time_moves_nothing) {
    const clock_of_a_run<wall, steady> clock;
    const auto due = clock.now() + 10s;
    for (const auto jump : {24h, -48h, 1'000'000h}) {
        wall::at += jump;
        steady::at += 1s;
        EXPECT_LT(clock.now(), due);
        EXPECT_EQ(clock.when(due), steady::time_point(5h + 10s));
    }
    EXPECT_EQ(clock.now(), began + 3s);
    steady::at += 7s;
    EXPECT_EQ(clock.now(), due);
}

TEST_F(a_run, R21_the_next_run_begins_at_the_wall_time_of_then) {
    wall::at -= 24h;
    EXPECT_EQ((clock_of_a_run<wall, steady>().now()), began - 24h);
}

TEST_F(a_run, never_waits_longer_than_a_day_at_once) {
    const clock_of_a_run<wall, steady> clock;
    EXPECT_EQ(clock.when(time_point::max()), steady::now() + 24h);
    EXPECT_EQ(clock.when(clock.now() - 1h), steady::now() - 1h);
}

} // namespace
} // namespace sagaflow::runtime
