// What a restart finds again (R15, R16, R21), what is purged (R17) and what is told (R18).
#include "core/report.hpp"
#include "shard_world.hpp"

namespace sagaflow::core::test {
namespace {

using ids = std::vector<std::string>;

TEST(shard_recovery, R16_sends_the_outstanding_command_again_unchanged_under_its_id) {
    const auto trip = hosting(a_step("one"), a_step("two"));
    world w(trip);
    w.start("ada", 1, "n");
    w.settle();
    w.reply(w.published.back().id);
    w.settle();
    const auto before = w.published.back();
    EXPECT_EQ(before.step, "two");
    w.forget();
    w.now += 1s;
    w.restart(trip);
    ASSERT_EQ(w.published.size(), 1U);
    const auto& again = w.published.front();
    EXPECT_EQ(again.id, before.id);
    EXPECT_EQ(again.source, before.source);
    EXPECT_EQ(again.body, before.body);
    EXPECT_EQ(again.attempt, before.attempt);
    EXPECT_EQ(again.issued, before.issued);
    EXPECT_TRUE(w.events.empty());
}

TEST(shard_recovery, R16_a_stage_of_several_keeps_the_bodies_that_were_made_for_it) {
    const auto trip = hosting(parallel(a_step("one"), a_step("two")));
    world w(trip);
    w.start("ada", 1, "n");
    w.settle();
    ASSERT_EQ(w.published.size(), 2U);
    const auto one = w.published[0], two = w.published[1];
    w.reply(one.id, 0, "changes-the-state");
    w.settle();
    w.forget();
    w.restart(trip);
    ASSERT_EQ(w.published_ids(), ids{two.id});
    EXPECT_EQ(w.published[0].body, two.body);
}

TEST(shard_recovery, R16_what_was_not_durable_did_not_happen) {
    const auto trip = hosting(a_step("one"));
    world w(trip);
    w.start("ada", 1);
    w.settle();
    const auto command = w.published.back().id;
    w.reply(command, 5); // its commit is lost with the crash, so it was not acknowledged and comes again
    w.start("bob", 2);
    w.read();
    w.forget();
    w.restart(trip);
    EXPECT_EQ(w.published_ids(), ids{command});
    w.reply(command, 6);
    w.settle();
    EXPECT_EQ(w.row("ada").state, saga_state::completed);
    w.start("bob", 3);
    w.settle();
    ASSERT_TRUE(w.answer<started>(3));
    EXPECT_TRUE(w.answer<started>(3)->is_new);
}

TEST(shard_recovery, R16_finds_timers_and_compensations_again) {
    auto with_timeout = saga_of(a_step("one"), a_step("two"));
    with_timeout.timeout = 5min;
    const plans trip = {make_plan(with_timeout)};
    world w(trip);
    for (const auto* id : {"ada", "bob"}) w.start(id);
    w.settle();
    for (const auto& command : w.published_ids()) w.reply(command);
    w.settle();
    w.reject(w.published.back().id);
    w.settle();
    const auto undo = w.published.back();
    ASSERT_EQ(undo.kind, message_kind::compensation);
    w.forget();
    w.now += 4min;
    w.restart(trip);
    ASSERT_EQ(w.published.size(), 2U);
    const auto again =
        std::find_if(w.published.begin(), w.published.end(), [&](const auto& m) { return m.id == undo.id; });
    ASSERT_NE(again, w.published.end());
    EXPECT_EQ(again->body, undo.body);
    EXPECT_EQ(again->issued, undo.issued);
    w.forget();
    w.wait(10s + 1s); // an attempt's timeout and its delay
    EXPECT_EQ(w.published.size(), 1U) << "the step is tried again; its compensation has 20 s";
    w.wait(49s);
    EXPECT_EQ(w.row(undo.saga_id == "ada" ? "bob" : "ada").state, saga_state::compensating)
        << "the saga's own timeout runs on from its start";
}

TEST(shard_recovery, R16_keeps_to_its_pace_evenly) {
    const auto trip = hosting(a_step("one"));
    world w(trip);
    for (int i = 0; i < 100; ++i) w.start("saga-" + std::to_string(i));
    w.settle();
    ASSERT_EQ(w.published.size(), 100U);
    w.forget();
    w.options.resend_per_second = 50;
    w.restart(trip);
    for (std::size_t sent = 5; sent < 100; sent += 5) {
        EXPECT_EQ(w.published.size(), sent);
        EXPECT_TRUE(w.it->figures().recovering);
        w.wait(99ms);
        EXPECT_EQ(w.published.size(), sent);
        w.wait(1ms);
    }
    EXPECT_EQ(w.published.size(), 100U);
    w.wait(100ms);
    EXPECT_FALSE(w.it->figures().recovering);
}

TEST(shard_recovery, R16_a_pace_of_one_is_one_a_second) {
    const auto trip = hosting(a_step("one"));
    world w(trip);
    for (int i = 0; i < 3; ++i) w.start("saga-" + std::to_string(i));
    w.settle();
    w.forget();
    w.options.resend_per_second = 1;
    w.restart(trip);
    EXPECT_EQ(w.published.size(), 1U);
    w.wait(999ms);
    EXPECT_EQ(w.published.size(), 1U);
    w.wait(1001ms);
    EXPECT_EQ(w.published.size(), 3U);
}

TEST(shard_recovery, R15_a_saga_whose_version_is_not_hosted_is_suspended_and_says_so) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.settle();
    w.forget();
    auto newer = saga_of(a_step("one"), a_step("two"));
    newer.version = 2;
    w.restart({make_plan(newer)});
    EXPECT_TRUE(w.published.empty());
    EXPECT_EQ(w.kinds(), std::vector{event_kind::suspended});
    ASSERT_EQ(w.alerts.size(), 1U);
    EXPECT_NE(w.alerts[0].reason.find("version 1 of saga 'trip' is not hosted"), std::string::npos);
    EXPECT_EQ(w.row("ada").state, saga_state::suspended);
    w.wait(10min);
    EXPECT_TRUE(w.published.empty());
}

// Suspended for want of its definition, with a reply kept; hosting brings it to its second step.
void goes_on_by_itself(std::size_t hot_sagas, bool restarted) {
    const auto trip = hosting(a_step("one"), a_step("two"));
    auto options = default_options();
    options.limits.hot_sagas = hot_sagas;
    world w(trip, options);
    w.start("ada");
    w.settle();
    const auto command = w.published.back().id;
    w.restart({});
    w.forget();
    w.reply(command, 9, "kept");
    EXPECT_TRUE(w.acknowledged.empty());
    w.settle();
    EXPECT_EQ(w.acknowledged, std::vector<token>{9});
    EXPECT_EQ(w.row("ada").state, saga_state::suspended);
    if (restarted) w.restart({});
    w.it->host(trip.front(), w.now);
    w.settle();
    EXPECT_EQ(w.row("ada").state, saga_state::running);
    ASSERT_EQ(w.published.size(), 1U);
    EXPECT_EQ(w.published[0].step, "two");
    EXPECT_EQ(w.published[0].body, R"({"notes":"kept"})");
    ASSERT_EQ(w.alerts.size(), 1U);
    EXPECT_TRUE(w.alerts[0].over);
}

TEST(shard_recovery, R15_goes_on_by_itself_once_its_version_is_hosted) {
    goes_on_by_itself(100, false);
}
TEST(shard_recovery, R15_goes_on_by_itself_also_if_it_is_only_in_the_store) {
    goes_on_by_itself(0, false);
}
TEST(shard_recovery, R15_a_kept_reply_survives_a_restart) {
    goes_on_by_itself(100, true);
}

TEST(shard_recovery, R15_a_verb_that_comes_before_the_scan_for_a_version_finds_its_saga_gone_on) {
    const auto trip = hosting(a_step("one"), a_step("two"));
    auto options = default_options();
    options.limits.hot_sagas = 0;
    world w(trip, options);
    w.start("ada");
    w.settle();
    const auto command = w.published.back().id;
    w.restart({});
    w.reply(command, 9, "kept");
    w.settle();
    w.it->host(trip.front(), w.now);
    w.operate("ada", verb::cancel, 3); // the kept reply counts: it was acknowledged
    w.settle();
    ASSERT_TRUE(w.answer<std::monostate>(3));
    EXPECT_EQ(report_of(w.row("ada"), true).steps.front().state, step_state::done);
}

TEST(shard_recovery, R15_a_record_is_read_without_its_definition_however_deep_the_state_in_it_is) {
    saga_row row;
    row.record = R"({"steps":{"one":"done"},"data":)" + std::string(32, '[') + std::string(32, ']') + "}";
    EXPECT_EQ(report_of(row, true).steps.size(), 1U);
}

TEST(shard_recovery, R21_a_due_time_further_off_than_its_own_duration_is_cut_to_that) {
    auto slow = a_step("one");
    slow.timeout = 10min;
    auto with_timeout = saga_of(slow);
    with_timeout.timeout = 1min;
    const auto definition = make_plan(with_timeout);
    world w({definition});
    w.start("ada");
    w.settle();
    w.forget();
    w.now -= 24h; // the machine's clock was wrong by a day and was put right before the restart
    const auto record = decode(*definition, w.row("ada"), w.now);
    EXPECT_EQ(record.due, w.now + 1min);
    EXPECT_EQ(record.steps[0].out->due, w.now + 10min);
    w.restart({definition});
    w.wait(59s);
    EXPECT_TRUE(w.events.empty());
    w.wait(1s);
    EXPECT_EQ(w.kinds(), std::vector{event_kind::compensating});
}

TEST(shard_recovery, R21_a_clock_that_has_jumped_ahead_ends_no_attempt_of_a_saga_that_is_found_again) {
    const auto trip = hosting(a_step("one"));
    world w(trip);
    for (const auto* id : {"ada", "bob", "cid"}) w.start(id);
    w.settle();
    w.forget();
    w.now += 24h;
    w.restart(trip);
    EXPECT_EQ(w.published.size(), 3U);
    for (const auto& m : w.published) EXPECT_EQ(m.attempt, 1U);
    w.wait(9s);
    EXPECT_EQ(w.published.size(), 3U);
}

TEST(shard_purge, R17_purges_finished_sagas_after_their_retention_in_small_batches) {
    auto options = default_options();
    options.retention = 1min;
    world w(hosting(a_step("one")), options);
    for (int i = 0; i < 600; ++i) w.start("saga-" + std::to_string(i));
    w.settle();
    for (const auto& command : w.published_ids()) w.reply(command);
    w.start("runs-on");
    w.settle();
    w.wait(50s);
    EXPECT_EQ(w.it->figures().purged, 0U);
    w.forget();
    w.wait(30s);
    EXPECT_EQ(w.it->figures().purged, 600U);
    for (const auto& b : w.batches) EXPECT_LE(b->purged.size(), 512U);
    EXPECT_EQ(w.row("saga-0").id, "");
    EXPECT_EQ(w.row("runs-on").id, "runs-on");
}

TEST(shard_events, R11_late_replies_and_R8_compensations_are_counted) {
    world w(hosting(a_step("one"), a_step("two")));
    w.start("ada");
    w.settle();
    const auto one = w.published.back().id;
    w.reply(one);
    w.settle();
    w.reject(w.published.back().id);
    w.settle();
    EXPECT_EQ(w.it->figures().commands_sent, 3U);
    EXPECT_EQ(w.it->figures().compensations_sent, 1U);
    w.reply(one);
    w.reply(one);
    w.settle();
    EXPECT_EQ(w.it->figures().late_replies, 2U);
    w.wait(22s); // the compensation is sent once more
    EXPECT_EQ(w.it->figures().compensations_sent, 2U);
    w.reply("nobody~1/one/action");
    w.settle();
    EXPECT_EQ(w.it->figures().unknown_replies, 1U);
}

TEST(shard_events, R14_a_saga_whose_function_throws_holds_no_other_up) {
    world w(hosting(a_step("one"), a_step("two")));
    for (const auto* id : {"ada", "bob", "cid"}) w.start(id);
    w.settle();
    std::map<std::string, std::string> commands;
    for (const auto& m : w.published) commands[m.saga_id] = m.id;
    w.reply(commands["ada"]);
    w.reply(commands["bob"], 0, "bad");
    w.reply(commands["cid"]);
    w.settle();
    EXPECT_EQ(w.row("bob").state, saga_state::suspended);
    for (const auto* id : {"ada", "cid"}) EXPECT_EQ(w.row(id).state, saga_state::running) << id;
    ASSERT_EQ(w.published.size(), 5U);
    for (std::size_t i = 3; i < 5; ++i) EXPECT_EQ(w.published[i].step, "two");
}

TEST(shard_events, R18_sequence_numbers_never_go_back_also_when_all_was_purged) {
    auto options = default_options();
    options.retention = 1min;
    const auto trip = hosting(a_step("one"));
    world w(trip, options);
    w.start("ada");
    w.settle();
    w.reply(w.published.back().id);
    w.settle();
    const auto last = w.events.back().seq;
    w.wait(2min);
    ASSERT_EQ(w.row("ada").id, "");
    w.forget();
    w.restart(trip);
    w.start("bob");
    w.settle();
    ASSERT_FALSE(w.events.empty());
    EXPECT_GT(w.events.front().seq, last);
}

TEST(shard_events, R18_the_last_event_of_a_saga_is_its_terminal_one) {
    world w(hosting(a_step("one"), a_step("two")));
    w.start("ada");
    w.settle();
    const auto first = w.published.back().id;
    w.reply(first);
    w.settle();
    w.reject(w.published.back().id);
    w.settle();
    w.reply(w.published.back().id);
    w.reply(first); // late
    w.settle();
    w.reply(first); // later still
    w.settle();
    const auto stored = w.store->events(0, w.row("ada").birth, 100);
    ASSERT_GE(stored.size(), 3U);
    EXPECT_EQ(stored.back().kind, event_kind::compensated);
    for (std::size_t i = 1; i < stored.size(); ++i) {
        EXPECT_GT(stored[i].seq, stored[i - 1].seq);
        EXPECT_EQ(stored[i].previous, stored[i - 1].seq);
        EXPECT_FALSE(stored[i - 1].is_terminal());
    }
    EXPECT_EQ(stored.back().seq, w.row("ada").last_event);
}

TEST(shard_events, R18_repeated_attempts_update_the_record_and_are_told_at_the_2nd_4th_8th) {
    auto stubborn = a_retriable("one");
    stubborn.retry = {.attempts = unlimited, .first_delay = 1s, .max_delay = 1s};
    world w(hosting(stubborn));
    w.start("ada");
    w.settle();
    w.forget();
    while (w.published.size() < 8) w.wait(1s); // attempts 2 to 9
    ASSERT_EQ(w.events.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(w.events[i].kind, event_kind::retried);
        EXPECT_NE(w.events[i].details.find("\"attempt\":" + std::to_string(2U << i)), std::string::npos);
    }
    EXPECT_EQ(report_of(w.row("ada"), true).steps.front().attempt, 9);
    EXPECT_EQ(w.it->figures().retries, 8U) << "also those without an event";
}

TEST(shard_events, R18_the_alert_fires_once_and_again_when_it_is_over) {
    world w(hosting(a_retriable("one")));
    w.start("ada");
    w.settle();
    w.reject(w.published.back().id);
    w.settle();
    w.wait(1h);
    ASSERT_EQ(w.alerts.size(), 1U);
    EXPECT_FALSE(w.alerts[0].over);
    w.operate("ada", verb::retry);
    w.settle();
    ASSERT_EQ(w.alerts.size(), 2U);
    EXPECT_TRUE(w.alerts[1].over);
}

} // namespace
} // namespace sagaflow::core::test
