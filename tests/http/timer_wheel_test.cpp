#include "http/timer_wheel.hpp"

#include <functional>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using sagaflow::http::clock;
using sagaflow::http::timer_entry;
using sagaflow::http::timer_wheel;

struct entry final : timer_entry {
    std::function<void()> then;
    int fired = 0;
    void expired() override {
        ++fired;
        if (then) then();
    }
};

class wheel_test : public testing::Test {
  protected:
    timer_wheel wheel;
    const clock::time_point start = clock::now();
};

TEST_F(wheel_test, fires_once_when_the_deadline_has_passed_and_not_before) {
    entry e;
    wheel.set(e, start + 200ms);
    wheel.advance(start + 150ms);
    EXPECT_EQ(e.fired, 0);
    wheel.advance(start + 300ms);
    wheel.advance(start + 100s);
    EXPECT_EQ(e.fired, 1);
}

TEST_F(wheel_test, fires_late_ones_that_are_more_than_one_round_away) {
    entry e;
    wheel.set(e, start + 60s);
    for (auto t = 0s; t < 60s; t += 1s) wheel.advance(start + t);
    EXPECT_EQ(e.fired, 0);
    wheel.advance(start + 61s);
    EXPECT_EQ(e.fired, 1);
}

TEST_F(wheel_test, a_deadline_can_move_both_ways) {
    entry sooner;
    entry later;
    wheel.set(sooner, start + 10s);
    wheel.set(sooner, start + 100ms);
    wheel.set(later, start + 100ms);
    wheel.set(later, start + 10s);
    wheel.advance(start + 1s);
    EXPECT_EQ(sooner.fired, 1);
    EXPECT_EQ(later.fired, 0);
}

TEST_F(wheel_test, a_cancelled_or_destroyed_entry_never_fires) {
    entry cancelled;
    auto destroyed = std::make_unique<entry>();
    wheel.set(cancelled, start + 100ms);
    wheel.set(*destroyed, start + 100ms);
    timer_wheel::cancel(cancelled);
    destroyed.reset();
    wheel.advance(start + 1s);
    EXPECT_EQ(cancelled.fired, 0);
    EXPECT_EQ(wheel.next(), std::nullopt);
}

TEST_F(wheel_test, an_entry_may_set_itself_again_and_end_others_when_it_fires) {
    entry first;
    auto second = std::make_unique<entry>();
    first.then = [&] {
        second.reset();
        if (first.fired < 3) wheel.set(first, start);
    };
    wheel.set(first, start + 100ms);
    wheel.set(*second, start + 100ms);
    wheel.advance(start + 1s);
    wheel.advance(start + 2s);
    wheel.advance(start + 3s);
    wheel.advance(start + 4s);
    EXPECT_EQ(first.fired, 3);
}

TEST_F(wheel_test, tells_when_it_has_something_to_do) {
    EXPECT_EQ(wheel.next(), std::nullopt);
    entry e;
    wheel.set(e, start + 1s);
    ASSERT_TRUE(wheel.next());
    EXPECT_GE(*wheel.next() - start, 1s - timer_wheel::tick);
    EXPECT_LE(*wheel.next() - start, 1s + timer_wheel::tick);
}

} // namespace
