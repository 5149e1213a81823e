#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

TEST(machine, R7_outstanding_steps_are_waited_for_until_their_current_timeout_then_are_in_doubt) {
    EXPECT_GOES(saga_of(a_step("a"), parallel(a_step("b"), a_step("c"))), R"(
        start         -> started a=sent; send a
        reply a       -> progressed a=done b=sent c=sent; send b; send c
        wait 4s       -> nothing
        reject b no   -> compensating b=rejected
        wait 5s       -> nothing
        wait 1s       -> progressed c=compensating; send c/compensation
        reply c/compensation -> progressed c=compensated a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R7_a_step_that_was_between_two_attempts_is_in_doubt_at_once) {
    EXPECT_GOES(saga_of(parallel(a_step("b"), a_step("c"))), R"(
        start         -> started b=sent c=sent; send b; send c
        wait 10s      -> nothing
        reject b no   -> compensating b=rejected c=compensating; send c/compensation
    )");
}

TEST(machine, R7_nothing_goes_forward_not_even_an_attempt_or_the_stage_that_would_be_next) {
    EXPECT_GOES(saga_of(parallel(a_step("b"), a_step("c")), a_step("d")), R"(
        start         -> started b=sent c=sent; send b; send c
        reject b no   -> compensating b=rejected
        reply c       -> progressed c=compensating; send c/compensation
    )");
}

TEST(machine, R7_replies_that_come_meanwhile_are_taken_into_the_state) {
    EXPECT_GOES(saga_of(a_step("a"), parallel(a_step("b"), a_step("c"))), R"(
        start                -> started a=sent; send a
        reply a              -> progressed a=done b=sent c=sent; send b; send c
        reject b no          -> compensating b=rejected
        reply c {"text":"C"} -> progressed c=compensating; send c/compensation {"notes":"C"}
    )");
}

TEST(machine, R7_waits_while_the_broker_has_not_accepted_what_is_out) {
    EXPECT_GOES(saga_of(a_step("a"), parallel(a_step("b"), a_step("c"))), R"(
        start          -> started a=sent; send a
        transport down -> nothing
        reply a        -> progressed a=done b=sent c=sent; send b; send c
        reject b no    -> compensating b=rejected
        wait 1h        -> nothing
        transport up   -> nothing
        wait 10s       -> progressed c=compensating; send c/compensation
    )");
}

TEST(machine, R7_waits_on_after_a_restart_without_sending_it_again) {
    EXPECT_GOES(saga_of(parallel(a_step("b"), a_step("c"))), R"(
        start          -> started b=sent c=sent; send b; send c
        reject b no    -> compensating b=rejected
        restart        -> nothing
        wait 10s       -> progressed c=compensating; send c/compensation
    )");
}

TEST(machine, R8_undoes_the_newest_stage_first_and_the_steps_of_a_stage_side_by_side) {
    EXPECT_GOES(saga_of(a_step("a"), parallel(a_step("b"), a_step("c")), a_step("d")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent c=sent; send b; send c
        reply b     -> progressed b=done
        reply c     -> progressed c=done d=sent; send d
        reject d no -> compensating d=rejected b=compensating c=compensating; send b/compensation; send c/compensation
        reply c/compensation -> progressed c=compensated
        reply b/compensation -> progressed b=compensated a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R8_undoes_a_stage_only_after_all_its_steps_are_settled) {
    EXPECT_GOES(saga_of(parallel(a_step("b"), a_step("c"), a_step("d"))), R"(
        start       -> started b=sent c=sent d=sent; send b; send c; send d
        reply b     -> progressed b=done
        reject c no -> compensating c=rejected
        reply d     -> progressed d=compensating b=compensating; send b/compensation; send d/compensation
    )");
}

TEST(machine, R8_rejected_skipped_and_never_sent_steps_are_not_compensated) {
    auto skipped = a_step("skipped");
    skipped.when = [](const memo&) { return false; };
    auto taken = a_step("taken");
    taken.on_rejected = [](memo&, const rejection&) {};
    EXPECT_GOES(saga_of(parallel(a_step("a"), skipped, taken), a_step("b"), a_step("never")), R"(
        start           -> started a=sent skipped=skipped taken=sent; send a; send taken
        reject taken no -> progressed taken=rejected
        reply a         -> progressed a=done b=sent; send b
        reject b no     -> compensating b=rejected a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R8_a_stage_with_nothing_to_compensate_is_passed_over) {
    auto b = a_step("b");
    b.compensate = nothing_to_compensate;
    EXPECT_GOES(saga_of(a_step("a"), b, a_step("c")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reply b     -> progressed b=done c=sent; send c
        reject c no -> compensating c=rejected a=compensating; send a/compensation
    )");
}

TEST(machine, R9_a_compensation_has_its_own_policy) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start       -> started a=sent; send a
        wait 11s    -> retried a=sent; send a #2
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; send a/compensation
        wait 20s    -> nothing
        wait 1s     -> retried a=compensating; send a/compensation #2
        wait 19s    -> nothing
        wait 1s     -> suspended a=compensation_failed; alert
    )");
}

saga<memo> with_default_compensation() {
    step<memo, act> a = {.name = "a", .send = make_act, .compensate = make_undo};
    return saga_of(a, a_step("b"));
}

TEST(machine,
     R9_by_default_a_compensation_is_tried_for_ever_and_the_operators_know_when_ten_were_not_answered) {
    EXPECT_GOES(with_default_compensation(), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; send a/compensation
        wait 11s    -> retried a=compensating; send a/compensation #2
        wait 2min   -> send a/compensation #3; retried a=compensating; send a/compensation #4;
                       send a/compensation #5; send a/compensation #6; send a/compensation #7;
                       retried a=compensating; send a/compensation #8
        wait 70s    -> send a/compensation #9
        wait 70s    -> send a/compensation #10
        wait 5s     -> send a/compensation #11; alert
        wait 60s    -> send a/compensation #12
        wait 70s    -> send a/compensation #13
        reply a/compensation -> compensated a=compensated; alert over
    )");
}

TEST(machine, R9_the_longest_delay_of_a_compensation_is_a_minute) {
    const auto p = make_plan(with_default_compensation());
    EXPECT_EQ(p->steps[0].compensation_retry.attempts, unlimited);
    EXPECT_EQ(p->steps[0].compensation_retry.max_delay, 1min);
}

saga<memo> in_three(on_compensation_failure then) {
    auto s = saga_of(a_step("a"), a_step("b"), a_step("c"), a_step("d"));
    s.on_compensation_failure = then;
    return s;
}

TEST(machine, R10_stop_suspends_the_saga_where_a_compensation_was_rejected_and_lists_what_is_not_undone) {
    EXPECT_GOES(in_three(on_compensation_failure::stop), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reply b     -> progressed b=done c=sent; send c
        reply c     -> progressed c=done d=sent; send d
        reject d no -> compensating d=rejected c=compensating; send c/compensation
        reply c/compensation -> progressed c=compensated b=compensating; send b/compensation
        reject b/compensation shut -> suspended b=compensation_failed
            (the compensation of step 'b' failed: rejected: shut; not undone: b a); alert
        wait 20d    -> nothing
    )");
}

TEST(machine, R10_go_on_compensates_the_rest_then_suspends_and_lists_what_is_not_undone) {
    EXPECT_GOES(in_three(on_compensation_failure::go_on), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reply b     -> progressed b=done c=sent; send c
        reply c     -> progressed c=done d=sent; send d
        reject d no -> compensating d=rejected c=compensating; send c/compensation
        reject c/compensation shut -> compensation_failed c=compensation_failed b=compensating
            (the compensation of step 'c' failed: rejected: shut); send b/compensation; alert
        reply b/compensation -> progressed b=compensated a=compensating; send a/compensation
        reply a/compensation -> suspended a=compensated (everything else is undone; not undone: c)
    )");
}

TEST(machine, R10_a_compensation_that_is_used_up_counts_as_failed) {
    EXPECT_GOES(in_three(on_compensation_failure::go_on), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; send a/compensation
        wait 42s    -> retried a=compensating; send a/compensation #2; suspended a=compensation_failed; alert
        wait 20d    -> nothing
    )");
}

TEST(machine, R10_two_compensations_of_a_stage_that_fail_raise_one_alert) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b")), a_step("c")), R"(
        start       -> started a=sent b=sent; send a; send b
        reply a     -> progressed a=done
        reply b     -> progressed b=done c=sent; send c
        reject c no -> compensating c=rejected a=compensating b=compensating; send a/compensation; send b/compensation
        reject a/compensation x -> suspended a=compensation_failed; alert
        reject b/compensation y -> compensation_failed b=compensation_failed
    )");
}

TEST(machine, R10_a_success_that_comes_after_all_undoes_the_failure_and_the_saga_goes_on_by_itself) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b"), a_step("c")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reply b     -> progressed b=done c=sent; send c
        reject c no -> compensating c=rejected b=compensating; send b/compensation
        wait 42s    -> retried b=compensating; send b/compensation #2; suspended b=compensation_failed; alert
        reply b/compensation -> resumed b=compensated a=compensating; send a/compensation; alert over
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R10_a_step_in_doubt_that_has_nothing_to_compensate_does_not_hold_the_others_up) {
    auto a = a_step("a");
    a.compensate = nothing_to_compensate;
    EXPECT_GOES(saga_of(parallel(a, a_step("b"))), R"(
        start       -> started a=sent b=sent; send a; send b
        wait 11s    -> retried a=sent; send a #2; retried b=sent; send b #2
        wait 11s    -> compensating a=in_doubt; progressed b=compensating; send b/compensation
        refuse b/compensation too large -> suspended b=compensation_failed; alert
        reply b/compensation -> compensated b=compensated; alert over
    )");
}

} // namespace
} // namespace sagaflow::core::test
