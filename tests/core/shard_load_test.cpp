// What is bounded (R20), and what happens while a transport takes nothing (R5).
#include "shard_world.hpp"

#include <set>

namespace sagaflow::core::test {

struct act_elsewhere {
    static constexpr std::string_view type = "elsewhere.act";
    using reply = word;
    std::string notes;
};

} // namespace sagaflow::core::test

template <>
struct sagaflow::codec<sagaflow::core::test::act_elsewhere> {
    static void encode(const core::test::act_elsewhere& c, std::string& out) {
        core::test::write_notes(out, c.notes);
    }
};

namespace sagaflow::core::test {
namespace {

using ids = std::vector<std::string>;

shard_options bounded(std::size_t hot_sagas, std::size_t window) {
    auto o = default_options();
    o.limits.hot_sagas = hot_sagas;
    o.limits.unaccepted_publishes = window;
    return o;
}

TEST(shard_load, R20_starts_beyond_the_bound_are_refused_at_once) {
    auto options = default_options();
    options.limits.pending_starts = 1;
    world w(hosting(a_step("one")), options);
    w.start("ada", 1);
    w.start("bob", 2);
    ASSERT_TRUE(w.answer<failure>(2));
    EXPECT_EQ(w.answer<failure>(2)->code, errc::overloaded);
    EXPECT_EQ(w.answers.size(), 1U);
    w.read();
    w.start("bob", 3); // the first is not durable yet
    ASSERT_TRUE(w.answer<failure>(3));
    w.settle();
    EXPECT_TRUE(w.answer<started>(1));
    w.start("bob", 4);
    w.settle();
    EXPECT_TRUE(w.answer<started>(4));
}

TEST(shard_load, R20_sagas_beyond_the_bound_leave_memory_and_come_back_with_a_reply) {
    world w(hosting(a_step("one"), a_step("two")), bounded(1, 100));
    for (const auto* id : {"ada", "bob", "cid"}) w.start(id);
    w.settle();
    EXPECT_EQ(w.it->figures().hot, 1U);
    EXPECT_EQ(w.it->figures().evicted, 2U);
    const auto first = w.published_ids();
    w.forget();
    for (const auto& command : first) w.reply(command);
    w.settle();
    EXPECT_EQ(w.published.size(), 3U);
    for (const auto& m : w.published) EXPECT_EQ(m.step, "two");
    EXPECT_EQ(w.it->figures().hot, 1U);
}

TEST(shard_load, R20_a_saga_that_left_memory_comes_back_when_its_timer_is_due) {
    world w(hosting(a_step("one")), bounded(0, 100));
    w.start("ada");
    w.settle();
    w.wait(5s);
    EXPECT_EQ(w.it->figures().hot, 0U);
    w.forget();
    w.wait(8s); // 10 s, a delay of at most 1 s, and the pace at which such timers are looked at
    ASSERT_EQ(w.published.size(), 1U);
    EXPECT_EQ(w.published[0].attempt, 2U);
}

TEST(shard_load, R20_a_start_of_an_id_that_left_memory_finds_its_saga) {
    world w(hosting(a_step("one")), bounded(0, 100));
    w.start("ada", 1);
    w.settle();
    w.start("ada", 2);
    w.settle();
    ASSERT_TRUE(w.answer<started>(2));
    EXPECT_FALSE(w.answer<started>(2)->is_new);
    EXPECT_EQ(w.published.size(), 1U);
}

TEST(shard_load, R20_beyond_the_publish_window_sagas_wait_and_are_sent_when_reports_come) {
    world w(hosting(a_step("one")), bounded(100, 2));
    for (int i = 0; i < 5; ++i) w.start("saga-" + std::to_string(i));
    w.store_all();
    EXPECT_EQ(w.published.size(), 2U);
    EXPECT_EQ(w.it->figures().unaccepted, 2U);
    EXPECT_EQ(w.it->figures().unsent, 3U);
    w.accept();
    w.store_all();
    EXPECT_EQ(w.published.size(), 4U);
    w.accept();
    w.store_all();
    EXPECT_EQ(w.published.size(), 5U);
    EXPECT_EQ(w.it->figures().unsent, 0U);
}

TEST(shard_load, R20_a_saga_that_waits_for_the_window_and_left_memory_is_sent_all_the_same) {
    world w(hosting(a_step("one")), bounded(1, 1));
    for (int i = 0; i < 6; ++i) w.start("saga-" + std::to_string(i));
    w.store_all();
    EXPECT_EQ(w.published.size(), 1U);
    EXPECT_LE(w.it->figures().hot, 2U);
    w.settle();
    w.wait(5s);
    const auto sent = w.published_ids();
    EXPECT_EQ(std::set<std::string>(sent.begin(), sent.end()).size(), 6U);
}

TEST(shard_load, R20_sagas_that_wait_for_two_transports_at_once_leave_memory_too) {
    auto options = bounded(2, 1);
    options.transports = 2;
    options.route = [](const std::string& type) { return target{type == "svc.act" ? 0U : 1U, "there"}; };
    const step<memo, act_elsewhere> two = {
        .name = "two",
        .send = [](const memo& m) { return act_elsewhere{m.notes}; },
        .compensate = nothing_to_compensate,
    };
    world w(hosting(parallel(a_step("one"), two)), options);
    for (int i = 0; i < 20; ++i) w.start("saga-" + std::to_string(i));
    w.store_all();
    EXPECT_EQ(w.published.size(), 2U); // each transport takes one and reports nothing
    EXPECT_LE(w.it->figures().hot, 3U);
    w.settle();
    w.wait(5s);
    const auto sent = w.published_ids();
    EXPECT_EQ(std::set<std::string>(sent.begin(), sent.end()).size(), 40U);
}

TEST(shard_load, R20_the_window_is_never_exceeded_by_recovery_either) {
    const auto trip = hosting(a_step("one"));
    world w(trip, bounded(1, 2));
    for (int i = 0; i < 20; ++i) w.start("saga-" + std::to_string(i));
    w.settle();
    w.wait(1s);
    w.forget();
    w.restart({});
    w.it->host(trip.front(), w.now);
    std::set<std::string> sent;
    for (int turn = 0; turn < 40; ++turn) {
        w.store_all();
        EXPECT_LE(w.it->figures().unaccepted, 2U);
        w.accept();
        for (const auto& id : w.published_ids()) sent.insert(id);
    }
    EXPECT_EQ(sent.size(), 20U);
}

TEST(shard_publish, R5_a_failed_publish_is_repeated_after_a_pause_and_uses_up_no_attempt) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.store_all();
    const auto command = w.published.back().id;
    w.forget();
    w.report(published::verdict::failed, "the broker is away");
    EXPECT_TRUE(w.published.empty());
    ASSERT_TRUE(w.wake);
    EXPECT_LE(*w.wake, w.now + w.options.publish_backoff);
    w.wait(w.options.publish_backoff, false);
    EXPECT_EQ(w.published_ids(), ids{command});
    EXPECT_EQ(w.published[0].attempt, 1U);
}

TEST(shard_publish, R5_while_the_broker_is_away_nothing_times_out) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.store_all();
    const auto command = w.published.back().id;
    for (int i = 0; i < 100; ++i) {
        w.report(published::verdict::failed, "the broker is away");
        w.wait(10s, false);
    }
    EXPECT_LE(w.published.size(), 101U);
    for (const auto& m : w.published) {
        EXPECT_EQ(m.id, command);
        EXPECT_EQ(m.attempt, 1U);
    }
    EXPECT_EQ(w.row("ada").state, saga_state::running);
    w.accept();
    w.forget();
    w.wait(9s);
    EXPECT_TRUE(w.published.empty());
    w.wait(3s);
    ASSERT_EQ(w.published.size(), 1U);
    EXPECT_EQ(w.published[0].attempt, 2U);
}

TEST(shard_publish, R5_pauses_grow_to_five_seconds_and_end_with_an_acceptance) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.store_all();
    duration longest{};
    for (int i = 0; i < 12; ++i) {
        w.report(published::verdict::failed, "the broker is away");
        const auto since = w.now;
        while (w.unreported.empty()) w.wait(100ms, false);
        EXPECT_GE(w.now - since, longest);
        longest = w.now - since;
    }
    EXPECT_EQ(longest, 5s);
    w.accept();
    w.start("bob");
    w.store_all();
    EXPECT_EQ(w.unreported.size(), 1U);
    w.report(published::verdict::failed, "away again");
    w.wait(w.options.publish_backoff, false);
    EXPECT_EQ(w.unreported.size(), 1U);
}

TEST(shard_publish, a_command_that_the_transport_will_never_take_suspends_its_saga) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.store_all();
    w.report(published::verdict::refused, "over the broker's limit");
    EXPECT_TRUE(w.alerts.empty()); // after its commit
    w.settle();
    EXPECT_EQ(w.row("ada").state, saga_state::suspended);
    ASSERT_EQ(w.alerts.size(), 1U);
    EXPECT_NE(w.alerts[0].reason.find("over the broker's limit"), std::string::npos);
    w.forget();
    w.wait(1h);
    EXPECT_TRUE(w.published.empty());
    w.operate("ada", verb::retry);
    w.settle();
    EXPECT_EQ(w.published.size(), 1U);
}

} // namespace
} // namespace sagaflow::core::test
