#include "core/machine.hpp"
#include "definitions.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

TEST(machine, R5_sends_the_same_command_again_after_the_timeout_and_a_delay) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start                -> started a=sent; send a
        reply a {"text":"x"} -> progressed a=done b=sent; send b {"notes":"x"}
        wait 10s             -> nothing
        wait 1s              -> retried b=sent; send b #2 {"notes":"x"}
        reply b              -> completed b=done
    )");
}

TEST(machine, R5_a_step_of_a_stage_of_several_sends_its_own_body_again_whatever_its_sibling_changed) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b"))), R"(
        start                -> started a=sent b=sent; send a; send b
        reply a {"text":"x"} -> progressed a=done
        restart              -> send b
        wait 11s             -> retried b=sent; send b #2
    )");
}

TEST(machine, R5_attempts_may_be_unlimited) {
    auto a = a_step("a");
    a.retry.attempts = unlimited;
    EXPECT_GOES(saga_of(a), R"(
        start    -> started a=sent; send a
        wait 11s -> retried a=sent; send a #2
        wait 11s -> send a #3
        wait 11s -> retried a=sent; send a #4
        wait 11s -> send a #5
        wait 11s -> send a #6
        wait 11s -> send a #7
        wait 11s -> retried a=sent; send a #8
        reply a  -> completed a=done
    )");
}

TEST(machine, R5_an_attempts_clock_starts_when_the_transport_has_accepted_it) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start          -> started a=sent; send a
        transport down -> nothing
        reply a        -> progressed a=done b=sent; send b
        wait 19d       -> nothing
        transport up   -> nothing
        wait 10s       -> nothing
        wait 1s        -> retried b=sent; send b #2
    )");
}

TEST(machine, R5_a_repeated_attempt_waits_for_acceptance_too) {
    EXPECT_GOES(saga_of(a_step("a")), R"(
        start          -> started a=sent; send a
        transport down -> nothing
        wait 11s       -> retried a=sent; send a #2
        wait 2h        -> nothing
        transport up   -> nothing
        wait 9s        -> nothing
        wait 1s        -> compensating a=compensating; send a/compensation
    )");
}

TEST(machine, R5_what_is_stored_is_commit_time_and_timeout_so_acceptance_moves_it_in_memory_only) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start          -> started a=sent; send a
        transport down -> nothing
        reply a        -> progressed a=done b=sent; send b
        wait 5s        -> nothing
        restart        -> send b
        wait 2h        -> nothing
        transport up   -> nothing
        wait 10s       -> nothing
        wait 1s        -> retried b=sent; send b #2
    )");
}

plan one_step(retry_policy retry) {
    auto a = a_step("a");
    a.retry = retry;
    return *make_plan(saga_of(a));
}

saga_record begun(const plan& p, const machine& m, std::uint64_t birth, time_point now) {
    saga_record r;
    r.id = "s";
    r.birth = birth;
    r.data = "{}";
    m.start(r, now);
    m.accepted(r, 0, false, 1, now);
    EXPECT_EQ(r.steps.size(), p.steps.size());
    return r;
}

TEST(machine, R5_delays_double_up_to_the_longest_and_are_shortened_by_half_at_most) {
    const auto p = one_step({.attempts = unlimited, .first_delay = 1s, .max_delay = 6s});
    const machine m(p, {});
    const std::vector<duration> full = {1s, 2s, 4s, 6s, 6s, 6s};
    for (std::uint64_t birth = 1; birth < 200; ++birth) {
        auto now = time_point(1h);
        auto r = begun(p, m, birth, now);
        for (const auto& longest : full) {
            const auto due = *m.wake_time(r);
            EXPECT_GE(due, now + 10s + longest / 2);
            EXPECT_LE(due, now + 10s + longest);
            now = due;
            m.timer(r, now);
            m.accepted(r, 0, false, r.steps[0].out->attempt, now);
        }
    }
}

TEST(machine, R5_sagas_do_not_retry_in_step) {
    const auto p = one_step({.attempts = 2, .first_delay = 1s, .max_delay = 1s});
    const machine m(p, {});
    std::set<time_point> due;
    for (std::uint64_t birth = 1; birth <= 100; ++birth)
        due.insert(*m.wake_time(begun(p, m, birth, time_point(1h))));
    EXPECT_GT(due.size(), 50U);
}

TEST(machine, R5_a_timer_that_comes_too_early_changes_nothing) {
    const auto p = one_step({});
    const machine m(p, {});
    auto r = begun(p, m, 1, time_point(1h));
    EXPECT_FALSE(m.timer(r, *m.wake_time(r) - 1ms).happened);
    EXPECT_TRUE(m.timer(r, *m.wake_time(r)).happened);
}

TEST(machine, R5_an_acceptance_of_an_earlier_attempt_moves_no_clock) {
    const auto p = one_step({});
    const machine m(p, {});
    auto r = begun(p, m, 1, time_point(1h));
    m.timer(r, *m.wake_time(r));
    m.accepted(r, 0, false, 1, time_point(2h));
    EXPECT_FALSE(m.wake_time(r)) << "the second attempt is not accepted";
}

TEST(machine, R5_no_delay_at_all_does_not_take_for_ever_however_many_attempts_there_were) {
    const auto p = one_step({.attempts = unlimited, .first_delay = 0s, .max_delay = 1s});
    const machine m(p, {});
    auto r = begun(p, m, 1, time_point(1h));
    r.steps[0].out->attempt = unlimited - 1;
    EXPECT_EQ(*m.wake_time(r), time_point(1h) + 10s);
}

TEST(machine, R6_a_step_without_an_answer_is_in_doubt_and_undone_because_it_may_have_happened) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start    -> started a=sent; send a
        reply a  -> progressed a=done b=sent; send b
        wait 11s -> retried b=sent; send b #2
        wait 9s  -> nothing
        wait 1s  -> compensating b=compensating (step 'b' was not answered in 2 attempts); send b/compensation
        reply b/compensation -> progressed b=compensated a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R6_a_step_with_nothing_to_compensate_stays_in_doubt) {
    auto b = a_step("b");
    b.compensate = nothing_to_compensate;
    EXPECT_GOES(saga_of(a_step("a"), b), R"(
        start    -> started a=sent; send a
        reply a  -> progressed a=done b=sent; send b
        wait 22s -> retried b=sent; send b #2; compensating b=in_doubt a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R6_a_pivot_without_an_answer_suspends_the_saga) {
    EXPECT_GOES(saga_of(a_step("a"), a_pivot("p"), a_retriable("r")), R"(
        start    -> started a=sent; send a
        reply a  -> progressed a=done p=sent; send p
        wait 11s -> retried p=sent; send p #2
        wait 11s -> suspended p=in_doubt (step 'p' was not answered in 2 attempts; what happened is unknown); alert
        wait 20d -> nothing
    )");
}

TEST(machine, R6_a_retriable_without_an_answer_suspends_the_saga) {
    EXPECT_GOES(saga_of(parallel(a_retriable("r"), a_retriable("s"))), R"(
        start    -> started r=sent s=sent; send r; send s
        reply s  -> progressed s=done
        wait 22s -> retried r=sent; send r #2; suspended r=in_doubt; alert
    )");
}

} // namespace
} // namespace sagaflow::core::test
