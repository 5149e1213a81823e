#include "core/machine.hpp"
#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

saga<memo> whole() {
    return saga_of(a_step("a"), a_step("b"), a_pivot("p"), a_retriable("r"));
}

saga<memo> with_timeout(saga<memo> s, duration timeout) {
    s.timeout = timeout;
    return s;
}

TEST(machine, R12_cancel_before_the_point_of_no_return_turns_the_saga) {
    EXPECT_GOES(whole(), R"(
        start            -> started a=sent; send a
        reply a          -> progressed a=done b=sent; send b
        cancel no money  -> compensating (cancelled by operator: no money)
        cancel           -> nothing
        reply b          -> progressed b=compensating; send b/compensation
        reply b/compensation -> progressed b=compensated a=compensating; send a/compensation
        reply a/compensation -> compensated a=compensated
        cancel           -> refused wrong_state
    )");
}

TEST(machine, R12_cancel_after_it_answers_past_pivot) {
    EXPECT_GOES(whole(), R"(
        start   -> started a=sent; send a
        reply a -> progressed a=done b=sent; send b
        reply b -> progressed b=done p=sent; send p
        cancel  -> refused past_pivot
        reply p -> progressed p=done r=sent; send r
        cancel  -> refused past_pivot
        suspend -> suspended
        cancel  -> refused past_pivot
    )");
}

TEST(machine, R12_without_a_pivot_the_first_retriable_is_the_point_of_no_return) {
    EXPECT_GOES(saga_of(a_step("a"), a_retriable("r"), a_retriable("s")), R"(
        start   -> started a=sent; send a
        reply a -> progressed a=done r=sent; send r
        cancel  -> refused past_pivot
    )");
}

TEST(machine, R12_a_skipped_pivot_is_no_point_of_no_return) {
    auto p = a_pivot("p");
    p.when = [](const memo&) { return false; };
    auto r = a_retriable("r");
    r.send = [](const memo&) -> act { throw std::runtime_error("not yet"); };
    EXPECT_GOES(saga_of(a_step("a"), p, r), R"(
        start   -> started a=sent; send a
        reply a -> suspended a=done p=skipped (step 'r': .send threw: not yet); alert
        cancel  -> compensating a=compensating; send a/compensation; alert over
    )");
}

TEST(machine, R12_a_pivot_that_was_sent_and_skipped_by_an_operator_may_have_happened) {
    auto r = a_retriable("r");
    r.send = [](const memo&) -> act { throw std::runtime_error("not yet"); };
    EXPECT_GOES(saga_of(a_pivot("p"), r), R"(
        start     -> started p=sent; send p
        unknown p -> suspended p=in_doubt; alert
        skip p    -> suspended p=skipped (step 'r': .send threw: not yet)
        cancel    -> refused past_pivot
    )");
}

TEST(machine, R12_a_pivot_that_was_rejected_is_no_point_of_no_return) {
    EXPECT_GOES(saga_of(a_step("a"), a_pivot("p")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done p=sent; send p
        suspend     -> suspended
        reject p no -> progressed p=rejected
        cancel      -> compensating a=compensating; send a/compensation
    )");
}

TEST(machine, R12_after_a_cancel_a_reply_that_could_not_be_taken_may_come_again) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start                  -> started a=sent; send a
        reply a {"text":"bad"} -> suspended; alert
        cancel                 -> compensating; alert over
        reply a {"text":"x"}   -> progressed a=compensating; send a/compensation {"notes":"x"}
    )");
}

TEST(machine, R12_cancel_turns_a_suspended_saga_too_unless_it_was_compensating) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        suspend     -> suspended
        cancel      -> compensating
        suspend     -> suspended
        cancel      -> refused wrong_state
        retry       -> resumed
        wait 10s    -> progressed b=compensating; send b/compensation
    )");
}

TEST(machine, R12_the_sagas_own_timeout_turns_it_before_the_point_of_no_return) {
    EXPECT_GOES(with_timeout(saga_of(a_step("a"), a_step("b")), 15s), R"(
        start    -> started a=sent; send a
        wait 9s  -> nothing
        reply a  -> progressed a=done b=sent; send b
        wait 5s  -> nothing
        wait 1s  -> compensating (the saga's timeout passed)
        wait 4s  -> progressed b=compensating; send b/compensation
    )");
}

TEST(machine, R12_the_sagas_own_timeout_runs_also_while_the_broker_is_away) {
    EXPECT_GOES(with_timeout(saga_of(a_step("a"), a_step("b")), 1h), R"(
        start          -> started a=sent; send a
        transport down -> nothing
        reply a        -> progressed a=done b=sent; send b
        wait 1h        -> compensating
        wait 1h        -> nothing
        transport up   -> nothing
        wait 10s       -> progressed b=compensating; send b/compensation
    )");
}

TEST(machine, R12_after_the_point_of_no_return_the_timeout_only_alerts_once) {
    EXPECT_GOES(with_timeout(saga_of(a_pivot("p"), a_retriable("r")), 5s), R"(
        start   -> started p=sent; send p
        wait 5s -> noted (the saga's timeout passed after the point of no return); alert
        wait 4s -> nothing
        reply p -> progressed p=done r=sent; send r
        restart -> send r
        reply r -> completed r=done; alert over
    )");
}

TEST(machine, R12_a_saga_without_a_timeout_has_none) {
    EXPECT_FALSE(whole().timeout);
}

TEST(machine, R13_each_verb_is_an_event_with_who_and_why) {
    const auto p = make_plan(whole());
    const machine m(*p, {});
    saga_record r;
    r.id = "s";
    r.birth = 1;
    r.data = "{}";
    m.start(r, time_point(1h));
    for (const auto v : {verb::suspend, verb::retry, verb::cancel, verb::suspend, verb::retry, verb::suspend,
                         verb::abandon}) {
        const auto done = m.operate(r, {v, "kim", "the audit", ""}, time_point(1h));
        ASSERT_TRUE(std::holds_alternative<transition>(done)) << to_string(v);
        const auto& note = std::get<transition>(done).note;
        ASSERT_TRUE(note) << to_string(v);
        const auto details = boost::json::parse(note->details).as_object();
        EXPECT_EQ(details.at("who"), "kim");
        EXPECT_EQ(details.at("why"), "the audit");
    }
}

TEST(machine, R13_skip_and_undo_are_events_with_who_and_why_too) {
    const auto p = make_plan(saga_of(a_pivot("p"), a_retriable("r")));
    const machine m(*p, {});
    for (const auto v : {verb::skip, verb::undo}) {
        saga_record r;
        r.id = "s";
        r.birth = 1;
        r.data = "{}";
        m.start(r, time_point(1h));
        m.reply(r, {0, false, 1, reply_outcome::unknown, "{}"}, time_point(1h));
        const auto done = m.operate(r, {v, "kim", "asked the bank", ""}, time_point(2h));
        ASSERT_TRUE(std::holds_alternative<transition>(done)) << to_string(v);
        const auto& note = std::get<transition>(done).note;
        ASSERT_TRUE(note) << to_string(v);
        const auto details = boost::json::parse(note->details).as_object();
        EXPECT_EQ(details.at("who"), "kim");
        EXPECT_EQ(details.at("why"), "asked the bank");
        EXPECT_EQ(*r.steps[0].reason, v == verb::skip ? "skipped by kim: asked the bank"
                                                      : "did not happen, says kim: asked the bank");
    }
}

TEST(machine, R13_a_saga_that_was_compensating_goes_on_backwards_after_suspend_and_retry) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; send a/compensation
        suspend     -> suspended
        undo        -> refused wrong_state
        wait 1h      -> nothing
        retry       -> resumed a=compensating; send a/compensation
        wait 20s    -> nothing
        wait 1s     -> retried a=compensating; send a/compensation #2
        reply a/compensation -> compensated a=compensated
    )");
}

TEST(machine, R13_suspend_holds_an_unfinished_saga_and_no_timer_runs) {
    EXPECT_GOES(with_timeout(whole(), 1h), R"(
        start    -> started a=sent; send a
        suspend  -> suspended
        suspend  -> refused wrong_state
        wait 20d -> nothing
        retry    -> resumed a=sent; send a
        wait 1s  -> compensating (the saga's timeout passed)
    )");
}

TEST(machine, R13_verbs_for_a_suspended_saga_are_refused_while_it_runs) {
    EXPECT_GOES(whole(), R"(
        start   -> started a=sent; send a
        retry   -> refused wrong_state
        skip    -> refused wrong_state
        undo    -> refused wrong_state
        abandon -> refused wrong_state
    )");
}

TEST(machine, R13_every_verb_is_refused_once_it_is_finished) {
    EXPECT_GOES(saga_of(a_step("a")), R"(
        start   -> started a=sent; send a
        reply a -> completed a=done
        suspend -> refused wrong_state
        cancel  -> refused wrong_state
        retry   -> refused wrong_state
        skip    -> refused wrong_state
        undo    -> refused wrong_state
        abandon -> refused wrong_state
    )");
}

TEST(machine, R13_retry_gives_fresh_attempts_and_a_fresh_timeout_to_the_same_command) {
    EXPECT_GOES(saga_of(a_pivot("p")), R"(
        start    -> started p=sent; send p
        wait 22s -> retried p=sent; send p #2; suspended p=in_doubt; alert
        wait 1h  -> nothing
        retry    -> resumed p=sent; send p; alert over
        wait 10s -> nothing
        wait 1s  -> retried p=sent; send p #2
        wait 10s -> suspended p=in_doubt; alert
    )");
}

TEST(machine, R3_a_retry_is_a_new_command_only_after_a_stored_rejection) {
    EXPECT_GOES(saga_of(a_retriable("r"), a_retriable("s")), R"(
        start       -> started r=sent; send r
        reject r no -> suspended r=rejected; alert
        retry       -> resumed r=sent; send r/2; alert over
        reply r     -> late
        reject r/2 no -> suspended r=rejected; alert
        retry       -> resumed r=sent; send r/3; alert over
        restart     -> send r/3
        reply r/3   -> progressed r=done s=sent; send s
    )");
}

TEST(machine, R3_a_compensation_is_a_new_command_only_after_a_stored_rejection) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; send a/compensation
        wait 42s    -> retried a=compensating; send a/compensation #2; suspended a=compensation_failed; alert
        retry       -> resumed a=compensating; send a/compensation; alert over
        reject a/compensation no -> suspended a=compensation_failed; alert
        retry       -> resumed a=compensating; send a/compensation/2; alert over
        reply a/compensation -> late
        reply a/compensation/2 -> compensated a=compensated
    )");
}

TEST(machine, R13_skip_counts_a_step_as_settled) {
    EXPECT_GOES(saga_of(a_pivot("p"), a_retriable("r"), a_retriable("s")), R"(
        start       -> started p=sent; send p
        reply p     -> progressed p=done r=sent; send r
        reject r no -> suspended r=rejected; alert
        skip : done by hand -> resumed r=skipped s=sent; send s; alert over
        reply r     -> late_reply; late
        reply s     -> completed s=done
    )");
}

TEST(machine, R13_skip_takes_only_the_step_that_it_names) {
    EXPECT_GOES(saga_of(parallel(a_retriable("r"), a_retriable("s")), a_retriable("t")), R"(
        start       -> started r=sent s=sent; send r; send s
        reject r no -> suspended r=rejected; alert
        reject s no -> progressed s=rejected
        skip t      -> refused wrong_state
        skip u      -> refused invalid_argument
        skip r      -> progressed r=skipped
        skip s      -> resumed s=skipped t=sent; send t; alert over
    )");
}

TEST(machine, R13_skip_without_a_name_takes_only_what_holds_the_saga_up) {
    auto b = a_step("b");
    b.send = [](const memo&) -> act { throw std::runtime_error("no"); };
    EXPECT_GOES(saga_of(parallel(a_step("a"), b), a_step("c")), R"(
        start -> suspended (step 'b': .send threw: no); alert
        skip  -> resumed b=skipped a=sent; send a; alert over
    )");
}

TEST(machine, R13_skip_of_a_compensation_that_can_not_be_made_leaves_the_others_to_be_undone) {
    auto b = a_step("b");
    b.compensate = [](const memo&) -> undo { throw std::runtime_error("no"); };
    EXPECT_GOES(saga_of(a_step("a"), parallel(b, a_step("c")), a_step("d")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent c=sent; send b; send c
        reply b     -> progressed b=done
        reply c     -> progressed c=done d=sent; send d
        reject d no -> suspended d=rejected (step 'b': .compensate threw: no); alert
        skip        -> resumed b=compensation_failed c=compensating; send c/compensation; alert over
        reply c/compensation -> progressed c=compensated a=compensating; send a/compensation
        reply a/compensation -> abandoned a=compensated
    )");
}

TEST(machine, R13_a_saga_with_a_skipped_compensation_ends_abandoned) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b"), a_step("c")), R"(
        start       -> started a=sent; send a
        reply a     -> progressed a=done b=sent; send b
        reply b     -> progressed b=done c=sent; send c
        reject c no -> compensating c=rejected b=compensating; send b/compensation
        reject b/compensation no -> suspended b=compensation_failed; alert
        skip b      -> resumed b=compensation_failed a=compensating; send a/compensation; alert over
        reply a/compensation -> abandoned a=compensated
    )");
}

TEST(machine, R13_undo_vouches_that_the_pivot_did_not_happen) {
    EXPECT_GOES(whole(), R"(
        start     -> started a=sent; send a
        reply a   -> progressed a=done b=sent; send b
        undo      -> refused wrong_state
        reply b   -> progressed b=done p=sent; send p
        wait 22s  -> retried p=sent; send p #2; suspended p=in_doubt; alert
        undo asked the bank -> compensating p=rejected b=compensating
            (step 'p' did not happen, says operator: asked the bank); send b/compensation; alert over
        reply p   -> late
    )");
}

TEST(machine, R13_undo_is_refused_once_a_retriable_was_sent) {
    EXPECT_GOES(whole(), R"(
        start     -> started a=sent; send a
        reply a   -> progressed a=done b=sent; send b
        suspend   -> suspended
        undo      -> refused wrong_state
        retry     -> resumed b=sent; send b
        reply b   -> progressed b=done p=sent; send p
        reply p   -> progressed p=done r=sent; send r
        suspend   -> suspended
        undo      -> refused past_pivot
    )");
}

TEST(machine, R13_abandon_ends_a_suspended_saga_where_it_stands) {
    EXPECT_GOES(whole(), R"(
        start        -> started a=sent; send a
        unknown a    -> suspended a=in_doubt; alert
        abandon gone -> abandoned; alert over
        reply a      -> late
        wait 20d     -> nothing
    )");
}

TEST(machine, R7_a_command_that_was_never_accepted_does_not_hold_up_a_saga_that_is_cancelled_while_held) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start          -> started a=sent; send a
        transport down -> nothing
        reply a        -> progressed a=done b=sent; send b
        suspend        -> suspended
        cancel         -> compensating
        wait 10s       -> progressed b=compensating; send b/compensation
    )");
}

TEST(machine, R7_nor_one_that_is_held_while_it_compensates) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b"))), R"(
        start          -> started a=sent b=sent; send a; send b
        transport down -> nothing
        wait 11s       -> retried a=sent; send a #2; retried b=sent; send b #2
        reject a no    -> compensating a=rejected
        suspend        -> suspended
        retry          -> resumed
        wait 10s       -> progressed b=compensating; send b/compensation
    )");
}

TEST(machine, R11_a_saga_that_goes_on_by_itself_sends_what_was_not_accepted_when_it_was_held) {
    EXPECT_GOES(saga_of(parallel(a_retriable("r"), a_retriable("s"))), R"(
        start          -> started r=sent s=sent; send r; send s
        transport down -> nothing
        wait 11s       -> retried s=sent; send s #2; retried r=sent; send r #2
        unknown r      -> suspended r=in_doubt; alert
        reply r        -> resumed r=done; send s #2; alert over
    )");
}

TEST(machine, B8_an_operators_retry_does_not_make_a_command_look_new) {
    const auto p = make_plan(saga_of(a_pivot("p")));
    const machine m(*p, {});
    saga_record r;
    r.id = "s";
    r.birth = 1;
    r.data = "{}";
    m.start(r, time_point(1h));
    m.reply(r, {0, false, 1, reply_outcome::unknown, "{}"}, time_point(2h));
    m.operate(r, {verb::retry, "kim", "", ""}, time_point(3h));
    ASSERT_EQ(r.steps[0].state, step_state::sent);
    EXPECT_EQ(r.steps[0].out->issued, time_point(1h));
}

TEST(machine, refused_by_the_transport_suspends_the_saga_because_sending_it_again_is_no_use) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start              -> started a=sent; send a
        reply a            -> progressed a=done b=sent; send b
        refuse b too large -> suspended b=in_doubt (the transport refused the command of step 'b': too large); alert
        wait 20d           -> nothing
        retry              -> resumed b=sent; send b; alert over
        refuse b too large -> suspended b=in_doubt; alert
        cancel             -> compensating b=compensating; send b/compensation; alert over
    )");
}

TEST(machine, R18_refused_after_the_end_changes_nothing) {
    EXPECT_GOES(saga_of(a_step("a")), R"(
        start        -> started a=sent; send a
        suspend      -> suspended
        abandon      -> abandoned
        refuse a big -> nothing
    )");
}

TEST(machine, refused_while_it_is_being_undone_is_just_in_doubt) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b"))), R"(
        start        -> started a=sent b=sent; send a; send b
        reject a no  -> compensating a=rejected
        refuse b big -> progressed b=compensating; send b/compensation
    )");
}

} // namespace
} // namespace sagaflow::core::test
