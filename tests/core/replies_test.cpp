#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

TEST(machine, R11_a_repeated_reply_changes_nothing) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start                -> started a=sent; send a
        reply a {"text":"x"} -> progressed a=done b=sent; send b {"notes":"x"}
        reply a {"text":"y"} -> late
        reject a no          -> late
        unknown a            -> late
        reply b              -> completed b=done
        reply b              -> late
        reject a no          -> late
    )");
}

TEST(machine, R11_a_reply_is_late_once_the_compensation_was_sent_and_noted_once) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start    -> started a=sent; send a
        reply a  -> progressed a=done b=sent; send b
        wait 22s -> retried b=sent; send b #2; compensating b=compensating; send b/compensation
        reply b {"text":"late"} -> late_reply; late
        reply b {"text":"late"} -> late
        reject b no -> late
        reply b/compensation -> progressed b=compensated a=compensating; send a/compensation
        reply b/compensation -> late
        reply a/compensation -> compensated a=compensated
        reply b -> late
    )");
}

TEST(machine, R11_a_late_reply_survives_a_restart_as_noted) {
    EXPECT_GOES(saga_of(a_step("a")), R"(
        start    -> started a=sent; send a
        wait 22s -> retried a=sent; send a #2; compensating a=compensating; send a/compensation
        reply a  -> late_reply; late
        restart  -> send a/compensation
        reply a  -> late
    )");
}

TEST(machine, R11_a_reply_for_a_step_in_doubt_that_is_not_undone_yet_counts) {
    auto b = a_step("b");
    b.timeout = 30s;
    EXPECT_GOES(saga_of(parallel(a_step("a"), b)), R"(
        start                -> started a=sent b=sent; send a; send b
        wait 22s             -> retried a=sent; send a #2; compensating a=in_doubt
        reply a {"text":"x"} -> progressed a=done
        reply b              -> progressed b=compensating a=compensating;
                                send a/compensation {"notes":"x"}; send b/compensation {"notes":"x"}
    )");
    EXPECT_GOES(saga_of(parallel(a_step("a"), b)), R"(
        start                -> started a=sent b=sent; send a; send b
        wait 22s             -> retried a=sent; send a #2; compensating a=in_doubt
        reject a no          -> progressed a=rejected
        reply b              -> progressed b=compensating; send b/compensation
    )");
}

TEST(machine, R11_a_success_settles_a_suspended_pivot_and_the_saga_goes_on_by_itself) {
    EXPECT_GOES(saga_of(a_pivot("p"), a_retriable("r")), R"(
        start    -> started p=sent; send p
        wait 22s -> retried p=sent; send p #2; suspended p=in_doubt; alert
        reply p {"text":"x"} -> resumed p=done r=sent; send r {"notes":"x"}; alert over
    )");
}

TEST(machine, R11_a_rejection_settles_a_suspended_pivot_and_the_saga_turns_by_itself) {
    EXPECT_GOES(saga_of(a_step("a"), a_pivot("p")), R"(
        start    -> started a=sent; send a
        reply a  -> progressed a=done p=sent; send p
        wait 22s -> retried p=sent; send p #2; suspended p=in_doubt; alert
        reject p no -> compensating p=rejected a=compensating; send a/compensation; alert over
    )");
}

TEST(machine, R11_a_reply_that_is_not_the_reason_settles_its_step_and_the_saga_stays_suspended) {
    EXPECT_GOES(saga_of(parallel(a_retriable("r"), a_retriable("s")), a_retriable("t")), R"(
        start         -> started r=sent s=sent; send r; send s
        reject r no   -> suspended r=rejected; alert
        reply s       -> progressed s=done
        reply s       -> late
        wait 1h       -> nothing
    )");
}

TEST(machine, R11_a_rejection_that_is_not_the_reason_turns_the_saga_only_when_it_goes_on) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b"))), R"(
        start                  -> started a=sent b=sent; send a; send b
        reply a {"text":"bad"} -> suspended (step 'a': .on_reply threw: no room); alert
        reject b no            -> progressed b=rejected
        wait 1h                -> nothing
        skip a                 -> compensated a=skipped (step 'b' was rejected: no); alert over
    )");
}

TEST(machine, R11_replies_in_a_saga_that_an_operator_holds_are_taken_but_it_stays_held) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b")), a_step("c")), R"(
        start                -> started a=sent b=sent; send a; send b
        suspend              -> suspended
        reply a {"text":"x"} -> progressed a=done
        reply b              -> progressed b=done
        wait 1h              -> nothing
        retry                -> resumed c=sent; send c {"notes":"x"}
    )");
}

TEST(machine, R11_a_rejection_in_a_saga_that_an_operator_holds_turns_it_when_it_goes_on) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        suspend     -> suspended
        reject b no -> progressed b=rejected
        retry       -> compensating a=compensating (step 'b' was rejected: no); send a/compensation
    )");
}

TEST(machine, R11_a_rejected_step_in_doubt_did_not_happen_and_is_not_undone) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start          -> started a=sent; send a
        reply a        -> progressed a=done b=sent; send b
        refuse b big   -> suspended b=in_doubt; alert
        reject b no    -> compensating b=rejected a=compensating; send a/compensation; alert over
    )");
}

TEST(machine, R11_on_rejected_never_runs_for_a_step_in_doubt) {
    auto b = a_step("b");
    b.on_rejected = [](memo& m, const rejection&) { m.notes = "never"; };
    EXPECT_GOES(saga_of(a_step("a"), b, a_step("c")), R"(
        start          -> started a=sent; send a
        reply a        -> progressed a=done b=sent; send b
        refuse b big   -> suspended b=in_doubt; alert
        reject b no    -> compensating b=rejected a=compensating; send a/compensation; alert over
    )");
}

TEST(machine, B8_a_participant_that_can_not_say_suspends_the_saga) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start     -> started a=sent; send a
        unknown a too large -> suspended a=in_doubt (the participant of step 'a' can't say whether it happened: too large); alert
        unknown a -> late_reply; late
        wait 20d  -> nothing
    )");
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start     -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; send a/compensation
        unknown a/compensation -> suspended a=compensation_failed; alert
        reply a/compensation -> compensated a=compensated; alert over
    )");
}

TEST(machine, B8_a_command_is_not_sent_again_after_its_lifetime) {
    auto r = a_retriable("r");
    r.retry = {.attempts = unlimited, .first_delay = 120h, .max_delay = 120h};
    EXPECT_GOES(saga_of(r), R"(
        start    -> started r=sent; send r
        wait 10d -> retried r=sent; send r #2; send r #3
        wait 20d -> retried r=sent; send r #4; send r #5; suspended r=in_doubt
                    (step 'r' was not answered within the command lifetime); alert
        reply r  -> completed r=done; alert over
    )");
}

} // namespace
} // namespace sagaflow::core::test
