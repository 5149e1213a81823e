#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

TEST(machine, R2_sends_a_stage_whole_when_the_one_before_it_is_finished) {
    EXPECT_GOES(saga_of(a_step("a"), parallel(a_step("b"), a_step("c")), a_step("d")), R"(
        start   -> started a=sent; send a
        reply a -> progressed a=done b=sent c=sent; send b; send c
        reply c -> progressed c=done
        reply b -> progressed b=done d=sent; send d
        reply d -> completed d=done
    )");
}

TEST(machine, R2_takes_each_reply_into_the_state_before_it_sends_the_next_stage) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b")), a_step("c")), R"(
        start                  -> started a=sent b=sent; send a; send b
        reply b {"text":"B"}   -> progressed b=done
        reply a {"text":"A"}   -> progressed a=done c=sent; send c {"notes":"BA"}
    )");
}

TEST(machine, R2_makes_all_bodies_of_a_stage_first_so_that_none_is_sent_if_one_throws) {
    auto c = a_step("c");
    c.send = [](const memo& m) -> act {
        if (!m.notes.empty()) throw std::runtime_error("no seat");
        return {};
    };
    EXPECT_GOES(saga_of(a_step("a"), parallel(a_step("b"), c)), R"(
        start                -> started a=sent; send a
        reply a {"text":"x"} -> suspended a=done (step 'c': .send threw: no seat); alert
    )");
}

TEST(machine, R2_a_when_that_throws_sends_none_of_the_stage) {
    auto c = a_step("c");
    c.when = [](const memo&) -> bool { throw std::runtime_error("no idea"); };
    EXPECT_GOES(saga_of(parallel(a_step("b"), c)), R"(
        start -> suspended (step 'c': .when threw: no idea); alert
    )");
}

TEST(machine, R2_skips_a_step_whose_when_says_no_and_counts_it_as_finished) {
    auto b = a_step("b");
    b.when = [](const memo& m) { return m.vip; };
    EXPECT_GOES(saga_of(a_step("a"), parallel(b, a_step("c")), a_step("d")), R"(
        start   -> started a=sent; send a
        reply a -> progressed a=done b=skipped c=sent; send c
        reply c -> progressed c=done d=sent; send d
        reply d -> completed d=done
    )");
}

TEST(machine, R2_goes_on_at_once_when_all_steps_of_a_stage_are_skipped) {
    auto b = a_step("b");
    auto c = a_step("c");
    b.when = c.when = [](const memo& m) { return m.vip; };
    EXPECT_GOES(saga_of(a_step("a"), parallel(b, c), a_step("d")), R"(
        start   -> started a=sent; send a
        reply a -> progressed a=done b=skipped c=skipped d=sent; send d
    )");
    EXPECT_GOES(saga_of(b, c), "start -> completed b=skipped c=skipped");
}

TEST(machine, R2_asks_when_only_once_the_stage_is_due) {
    auto b = a_step("b");
    b.when = [](const memo& m) { return m.notes == "yes"; };
    EXPECT_GOES(saga_of(a_step("a"), b), R"(
        start                  -> started a=sent; send a
        reply a {"text":"yes"} -> progressed a=done b=sent; send b {"notes":"yes"}
    )");
}

TEST(machine, R2_a_rejection_that_is_taken_into_the_state_finishes_the_step) {
    auto b = a_step("b");
    b.on_rejected = [](memo& m, const rejection& why) { m.notes = "no b: " + why.reason; };
    EXPECT_GOES(saga_of(a_step("a"), parallel(b, a_step("c")), a_step("d")), R"(
        start            -> started a=sent; send a
        reply a          -> progressed a=done b=sent c=sent; send b; send c
        reject b full    -> progressed b=rejected
        reply c          -> progressed c=done d=sent; send d {"notes":"no b: full"}
    )");
}

TEST(machine, R4_a_rejected_step_turns_the_saga) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start         -> started a=sent; send a
        reply a       -> progressed a=done b=sent; send b
        reject b full -> compensating b=rejected a=compensating (step 'b' was rejected: full); send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R4_the_first_step_rejected_leaves_nothing_to_undo) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start         -> started a=sent; send a
        reject a full -> compensated a=rejected
    )");
}

TEST(machine, R4_a_rejected_pivot_turns_the_saga) {
    EXPECT_GOES(saga_of(a_step("a"), a_pivot("p"), a_retriable("r")), R"(
        start         -> started a=sent; send a
        reply a       -> progressed a=done p=sent; send p
        reject p no   -> compensating p=rejected a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R4_a_rejected_retriable_suspends_the_saga_because_it_had_promised_to_succeed) {
    EXPECT_GOES(saga_of(a_step("a"), a_retriable("r"), a_retriable("s")), R"(
        start         -> started a=sent; send a
        reply a       -> progressed a=done r=sent; send r
        reject r no   -> suspended r=rejected (step 'r' was rejected: no); alert
        wait 1h       -> nothing
    )");
}

TEST(machine, R4_a_retriable_with_on_rejected_goes_on) {
    auto r = a_retriable("r");
    r.on_rejected = [](memo& m, const rejection& why) { m.notes = why.reason; };
    EXPECT_GOES(saga_of(r, a_retriable("s")), R"(
        start       -> started r=sent; send r
        reject r no -> progressed r=rejected s=sent; send s {"notes":"no"}
        reply s     -> completed s=done
    )");
}

} // namespace
} // namespace sagaflow::core::test
