#include "core/machine.hpp"
#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

TEST(machine, R14_a_reply_that_can_not_be_taken_suspends_the_saga_and_retry_takes_it_first) {
    static bool full = true;
    auto a = a_step("a");
    a.on_reply = [](memo& m, const word& w) {
        m.notes = w.text;
        if (full) throw std::runtime_error("full");
    };
    full = true;
    auto outcome = std::string();
    const auto p = make_plan(saga_of(a, a_step("b")));
    const machine m(*p, {});
    saga_record r;
    r.id = "s";
    r.birth = 1;
    r.data = "{}";
    m.start(r, time_point(1h));
    EXPECT_TRUE(
        m.reply(r, {0, false, 1, reply_outcome::success, R"({"text":"x"})"}, time_point(1h)).happened);
    EXPECT_EQ(state_of(r), saga_state::suspended);
    EXPECT_EQ(reason_of(r), "step 'a': .on_reply threw: full");
    full = false;
    const auto done = m.operate(r, {verb::retry, "kim", "", ""}, time_point(2h));
    const auto& t = std::get<transition>(done);
    ASSERT_EQ(t.sends.size(), 1U) << "a is done: only b is sent";
    EXPECT_EQ(t.sends[0].step, 1U);
    EXPECT_EQ(t.sends[0].body, R"({"notes":"x"})");
    EXPECT_TRUE(r.kept.empty());
}

TEST(machine, R14_what_a_function_changed_before_it_threw_is_forgotten) {
    EXPECT_GOES(saga_of(parallel(a_step("a"), a_step("b")), a_step("c")), R"(
        start                  -> started a=sent b=sent; send a; send b
        reply a {"text":"bad"} -> suspended (step 'a': .on_reply threw: no room); alert
        reply b {"text":"B"}   -> progressed b=done
        skip a                 -> resumed a=skipped c=sent; send c {"notes":"B"}; alert over
    )");
}

TEST(machine, R14_a_reply_that_can_not_be_read_suspends_the_saga) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start             -> started a=sent; send a
        reply a {"text":5 -> suspended; alert
        retry             -> suspended
        restart           -> nothing
        wait 20d          -> nothing
        skip a            -> resumed a=skipped b=sent; send b; alert over
    )");
}

TEST(machine, R14_a_reply_that_is_kept_and_comes_again_changes_nothing) {
    EXPECT_GOES(saga_of(a_step("a"), a_step("b")), R"(
        start                  -> started a=sent; send a
        reply a {"text":"bad"} -> suspended; alert
        reply a {"text":"bad"} -> late
        reply a {"text":"bad"} -> late
        retry                  -> suspended
    )");
}

TEST(machine, R14_of_a_reply_over_the_limit_no_more_than_that_is_kept) {
    const auto p = make_plan(saga_of(a_step("a")));
    const machine m(*p, {.payload_bytes = 1000});
    saga_record r;
    r.id = "s";
    r.birth = 1;
    r.data = "{}";
    m.start(r, time_point(1h));
    m.reply(r, {0, false, 1, reply_outcome::success, std::string(5000, ' ')}, time_point(1h));
    EXPECT_EQ(state_of(r), saga_state::suspended);
    ASSERT_EQ(r.kept.size(), 1U);
    EXPECT_EQ(r.kept[0].body.size(), 1000U);
}

TEST(machine, R15_a_reply_is_kept_once_and_one_that_can_say_replaces_one_that_can_not) {
    saga_record r;
    r.phase = phase::suspended{suspension::not_hosted, "x", nullptr};
    const auto keep = [&](reply_outcome outcome, const char* body) {
        return keep_reply(r, "a", false, 1, outcome, body).happened;
    };
    EXPECT_TRUE(keep(reply_outcome::unknown, "1"));
    EXPECT_FALSE(keep(reply_outcome::unknown, "2"));
    EXPECT_TRUE(keep(reply_outcome::success, "3"));
    EXPECT_FALSE(keep(reply_outcome::rejected, "4"));
    ASSERT_EQ(r.kept.size(), 1U);
    EXPECT_EQ(r.kept[0].outcome, reply_outcome::success);
    EXPECT_EQ(r.kept[0].body, "3");
}

TEST(machine, R14_on_rejected_that_throws_suspends_the_saga) {
    auto a = a_step("a");
    a.on_rejected = [](memo&, const rejection&) { throw std::runtime_error("no"); };
    EXPECT_GOES(saga_of(a), R"(
        start       -> started a=sent; send a
        reject a no -> suspended (step 'a': .on_rejected threw: no); alert
        reject a no -> late
        retry       -> suspended
    )");
}

TEST(machine, R14_a_compensation_that_can_not_be_made_suspends_the_saga) {
    auto a = a_step("a");
    a.compensate = [](const memo& m) -> undo {
        if (m.notes == "x") throw std::runtime_error("no");
        return {};
    };
    EXPECT_GOES(saga_of(a, a_step("b")), R"(
        start                -> started a=sent; send a
        reply a {"text":"x"} -> progressed a=done b=sent; send b {"notes":"x"}
        reject b no          -> suspended b=rejected (step 'a': .compensate threw: no); alert
        retry                -> suspended
    )");
}

TEST(machine, R14_something_thrown_that_is_no_exception_is_caught_too) {
    auto a = a_step("a");
    a.send = [](const memo&) -> act { throw 5; };
    EXPECT_GOES(saga_of(a),
                "start -> suspended (step 'a': .send threw: something that is not a std::exception); alert");
}

TEST(machine, R14_a_state_or_a_command_over_the_limit_suspends_the_saga) {
    auto a = a_step("a");
    a.on_reply = [](memo& m, const word&) { m.notes = std::string(100 * 1024, 'x'); };
    EXPECT_GOES(saga_of(a), R"(
        start   -> started a=sent; send a
        reply a -> suspended (step 'a': .on_reply threw: the saga's state would be 102424 bytes, over the limit of 65536); alert
    )");
    a.send = [](const memo&) -> act { return {std::string(100 * 1024, 'x')}; };
    EXPECT_GOES(saga_of(a), R"(
        start -> suspended (step 'a': .send threw: the command is 102412 bytes, over the limit of 65536); alert
    )");
}

struct light {
    std::string colour;
};

} // namespace
} // namespace sagaflow::core::test

template <>
struct sagaflow::codec<sagaflow::core::test::light> {
    static void encode(const sagaflow::core::test::light& l, std::string& out) {
        out += "\"" + l.colour + "\"";
    }
};

namespace sagaflow::core::test {
namespace {

saga<memo> with_light(std::function<std::string(const view<memo>&)> colour) {
    auto s = saga_of(a_step("a"), a_step("b"));
    s.status = [colour](const view<memo>& v) { return light{colour(v)}; };
    return s;
}

TEST(machine, status_is_told_only_when_it_differs_from_the_last) {
    EXPECT_GOES(
        with_light([](const view<memo>& v) { return v.step("b") == step_state::done ? "green" : "amber"; }),
        R"(
        start    -> started a=sent; status "amber"; send a
        wait 11s -> retried a=sent; send a #2
        reply a  -> progressed a=done b=sent; send b
        restart  -> send b
        reply b  -> completed b=done; status "green"
    )");
}

TEST(machine, status_sees_the_saga_its_reason_and_the_rejections) {
    EXPECT_GOES(with_light([](const view<memo>& v) {
                    return std::string(to_string(v.saga())) + " " + std::string(v.rejection_of("b"));
                }),
                R"(
        start       -> started a=sent; status "running "; send a
        reply a     -> progressed a=done b=sent; send b
        reject b no -> compensating b=rejected a=compensating; status "compensating no"; send a/compensation
        reply a/compensation -> compensated a=compensated; status "compensated no"
    )");
}

TEST(machine, R14_a_status_that_throws_suspends_the_saga_and_what_was_to_be_sent_waits_for_the_retry) {
    static bool broken = true;
    broken = true;
    const auto p = make_plan(with_light([](const view<memo>&) -> std::string {
        if (broken) throw std::runtime_error("no lamp");
        return "green";
    }));
    const machine m(*p, {});
    saga_record r;
    r.id = "s";
    r.birth = 1;
    r.data = "{}";
    const auto begun = m.start(r, time_point(1h));
    EXPECT_EQ(begun.note->kind, event_kind::suspended);
    EXPECT_EQ(reason_of(r), ".status threw: no lamp");
    EXPECT_TRUE(begun.sends.empty());
    broken = false;
    const auto done = m.operate(r, {verb::retry, "kim", "", ""}, time_point(2h));
    EXPECT_EQ(std::get<transition>(done).sends.size(), 1U);
    EXPECT_EQ(std::get<transition>(done).note->status, "\"green\"");
}

TEST(machine, R14_a_status_that_throws_at_the_end_does_not_keep_the_saga_from_ending) {
    EXPECT_GOES(with_light([](const view<memo>& v) -> std::string {
                    if (is_finished(v.saga())) throw std::runtime_error("no lamp");
                    return "amber";
                }),
                R"(
        start   -> started a=sent; status "amber"; send a
        reply a -> progressed a=done b=sent; send b
        reply b -> completed b=done (.status threw: no lamp)
    )");
}

} // namespace
} // namespace sagaflow::core::test
