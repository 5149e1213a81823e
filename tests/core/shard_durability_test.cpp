// The one rule of durability, and the start id as idempotency key (R1), seen between any two effects.
#include "shard_world.hpp"

namespace sagaflow::core::test {
namespace {

using ids = std::vector<std::string>;
using tokens = std::vector<token>;

world one_step(shard_options o = default_options()) {
    world w(hosting(a_step("one")), std::move(o));
    w.forget();
    return w;
}

// A saga whose start is durable and whose first command was accepted.
std::string started_saga(world& w, const std::string& id) {
    w.start(id);
    w.settle();
    const auto command = w.published.empty() ? std::string() : w.published.back().id;
    w.forget();
    return command;
}

TEST(shard_durability, a_start_is_answered_told_and_sent_only_once_it_is_durable) {
    auto w = one_step();
    w.start("ada", 7);
    w.read();
    ASSERT_TRUE(w.commit);
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    ASSERT_TRUE(w.answer<started>(7));
    EXPECT_TRUE(w.answer<started>(7)->is_new);
    EXPECT_EQ(w.kinds(), std::vector{event_kind::started});
    EXPECT_EQ(w.published_ids(), ids{"ada~1/one/action"});
}

TEST(shard_durability, a_reply_is_acknowledged_and_told_only_once_what_it_changed_is_durable) {
    auto w = one_step();
    const auto command = started_saga(w, "ada");
    w.reply(command, 9);
    ASSERT_TRUE(w.commit);
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    EXPECT_EQ(w.acknowledged, tokens{9});
    EXPECT_EQ(w.kinds(), std::vector{event_kind::completed});
}

TEST(shard_durability, an_alert_and_a_verbs_answer_wait_for_their_change) {
    world w(hosting(a_retriable("one")));
    const auto command = started_saga(w, "ada");
    w.reject(command);
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    ASSERT_EQ(w.alerts.size(), 1U);
    EXPECT_EQ(w.alerts[0].saga_id, "ada");
    w.forget();
    w.operate("ada", verb::retry, 3);
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    EXPECT_TRUE(w.answer<std::monostate>(3));
    EXPECT_EQ(w.published_ids(), ids{"ada~" + std::to_string(w.row("ada").birth) + "/one/action/2"});
}

TEST(shard_durability, what_arrives_while_a_batch_is_on_its_way_forms_the_next_one) {
    auto w = one_step();
    w.start("ada", 1);
    w.read();
    const auto first = w.commit;
    ASSERT_TRUE(first);
    w.start("bob", 2);
    w.start("cid", 3);
    w.read();
    EXPECT_EQ(w.commit, first);
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    EXPECT_EQ(w.answers.size(), 1U);
    EXPECT_EQ(w.published.size(), 1U);
    ASSERT_TRUE(w.commit);
    EXPECT_EQ(w.commit->number, first->number + 1);
    EXPECT_EQ(w.commit->started.size(), 2U);
    w.make_durable();
    EXPECT_EQ(w.answers.size(), 3U);
    EXPECT_EQ(w.published.size(), 3U);
}

TEST(shard_durability, a_batch_is_closed_at_256_sagas_and_each_answers_for_its_own) {
    auto w = one_step();
    for (token n = 1; n <= 600; ++n) w.start("saga-" + std::to_string(n), n);
    w.read();
    for (const std::size_t sagas : {256U, 256U, 88U}) {
        const auto answered = w.answers.size();
        ASSERT_TRUE(w.commit);
        EXPECT_EQ(w.commit->started.size(), sagas);
        EXPECT_EQ(w.commit->events.size(), sagas);
        w.make_durable();
        EXPECT_EQ(w.answers.size(), answered + sagas);
        EXPECT_EQ(w.published.size(), answered + sagas);
    }
    EXPECT_FALSE(w.commit);
    for (token n = 1; n <= 600; ++n) EXPECT_TRUE(w.answer<started>(n)) << n;
}

TEST(shard_durability, a_saga_goes_on_in_memory_and_each_of_its_changes_waits_for_its_own_batch) {
    world w(hosting(a_step("one"), a_step("two")));
    const auto command = started_saga(w, "ada");
    w.start("bob");
    w.read(); // a batch without ada is on its way
    w.reply(command, 9);
    EXPECT_TRUE(w.acknowledged.empty());
    w.make_durable();
    EXPECT_TRUE(w.acknowledged.empty());
    EXPECT_EQ(w.published.size(), 1U); // bob's
    w.make_durable();
    EXPECT_EQ(w.acknowledged, tokens{9});
    EXPECT_EQ(w.published.back().step, "two");
}

TEST(shard_durability, a_repeated_reply_is_acknowledged_only_after_the_change_that_it_repeats) {
    auto w = one_step();
    const auto command = started_saga(w, "ada");
    w.reply(command, 9);
    w.reply(command, 10);
    EXPECT_TRUE(w.acknowledged.empty());
    w.make_durable();
    EXPECT_EQ(w.acknowledged, (tokens{9, 10}));
}

TEST(shard_durability, while_the_store_is_in_trouble_starts_and_verbs_are_refused_and_nothing_is_released) {
    auto w = one_step();
    w.start("ada", 1);
    w.read();
    w.it->commit_in_trouble("the disk is full");
    w.start("bob", 2);
    w.operate("ada", verb::cancel, 3);
    for (const token refused : {2U, 3U}) {
        ASSERT_TRUE(w.answer<failure>(refused));
        EXPECT_EQ(w.answer<failure>(refused)->code, errc::unavailable);
        EXPECT_NE(w.answer<failure>(refused)->message.find("the disk is full"), std::string::npos);
    }
    EXPECT_EQ(w.answers.size(), 2U);
    EXPECT_TRUE(w.published.empty() && w.events.empty());
    w.make_durable();
    EXPECT_TRUE(w.answer<started>(1));
    w.start("bob", 4);
    w.settle();
    EXPECT_TRUE(w.answer<started>(4));
}

TEST(shard_durability, F1_nothing_comes_out_any_more_after_a_stop) {
    auto w = one_step();
    const auto command = started_saga(w, "ada");
    w.reply(command, 9);
    const auto number = w.commit->number;
    w.it->stop();
    w.it->committed(number, w.now);
    w.start("bob", 2);
    w.operate("ada", verb::cancel, 3);
    w.now += 1h;
    w.it->tick(w.now);
    w.take();
    EXPECT_TRUE(w.nothing_came_out());
    EXPECT_TRUE(w.reads.empty());
    EXPECT_FALSE(w.wake);
}

TEST(shard_replies, are_matched_by_saga_and_step_when_they_name_no_command) {
    world w(hosting(a_step("one"), a_step("two")));
    w.start("ada");
    w.settle();
    w.reply_for("ada", "one");
    w.settle();
    EXPECT_EQ(w.published.back().step, "two");
    w.reply_for("ada", "two", 0, reply_outcome::rejected);
    w.settle();
    ASSERT_EQ(w.published.back().kind, message_kind::compensation);
    w.reply_for("ada", "one", 7); // the step is being undone: it can only mean that
    w.settle();
    EXPECT_EQ(w.row("ada").state, saga_state::compensated);
    EXPECT_EQ(w.acknowledged.back(), 7U);
}

TEST(shard_replies, that_belong_to_nothing_here_are_acknowledged_and_counted) {
    auto w = one_step();
    const auto command = started_saga(w, "ada");
    w.reply_for("", "one", 1);
    w.reply_for("ada", "three", 2);
    w.reply_for("nobody", "one", 3);
    w.reply_for(std::string(129, 'x'), "one", 4);
    w.reply("ada~999/one/action", 5);
    w.settle();
    EXPECT_EQ(w.acknowledged.size(), 5U);
    EXPECT_EQ(w.it->figures().unknown_replies, 5U);
    EXPECT_EQ(w.row("ada").state, saga_state::running);
    EXPECT_TRUE(w.published.empty());
}

TEST(shard_start, R1_the_hash_of_an_input_is_stored_and_never_changes) {
    auto w = one_step();
    w.start("ada");
    w.settle();
    EXPECT_EQ(w.row("ada").input_hash, 3297806359848675187ULL);
}

TEST(shard_start, R1_a_known_id_is_answered_with_the_saga_that_there_is_running_or_finished) {
    auto w = one_step();
    w.start("ada", 1);
    w.settle();
    const auto command = w.published.back().id;
    w.start("ada", 2);
    w.settle();
    ASSERT_TRUE(w.answer<started>(2));
    EXPECT_FALSE(w.answer<started>(2)->is_new);
    EXPECT_EQ(w.answer<started>(2)->birth, w.answer<started>(1)->birth);
    EXPECT_EQ(w.answer<started>(2)->state, saga_state::running);
    w.reply(command);
    w.settle();
    w.start("ada", 3);
    w.settle();
    ASSERT_TRUE(w.answer<started>(3));
    EXPECT_FALSE(w.answer<started>(3)->is_new);
    EXPECT_EQ(w.answer<started>(3)->birth, w.answer<started>(1)->birth);
    EXPECT_EQ(w.answer<started>(3)->state, saga_state::completed);
    EXPECT_EQ(w.published.size(), 1U);
}

TEST(shard_start, R1_another_input_is_a_conflict_whether_the_saga_runs_or_is_finished) {
    auto w = one_step();
    const auto command = started_saga(w, "ada");
    w.start("ada", 2, "other");
    w.reply(command);
    w.settle();
    w.start("ada", 3, "other");
    w.settle();
    for (const token refused : {2U, 3U}) {
        ASSERT_TRUE(w.answer<failure>(refused));
        EXPECT_EQ(w.answer<failure>(refused)->code, errc::id_conflict);
    }
    EXPECT_TRUE(w.published.empty());
}

TEST(shard_start, R1_starts_of_one_id_that_come_while_it_is_looked_up_make_one_saga) {
    auto w = one_step();
    w.start("ada", 1);
    w.start("ada", 2);
    w.start("ada", 3, "other");
    EXPECT_EQ(w.reads.size(), 1U);
    w.read();
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    ASSERT_TRUE(w.answer<started>(1) && w.answer<started>(2) && w.answer<failure>(3));
    EXPECT_TRUE(w.answer<started>(1)->is_new);
    EXPECT_FALSE(w.answer<started>(2)->is_new);
    EXPECT_EQ(w.answer<failure>(3)->code, errc::id_conflict);
    EXPECT_EQ(w.published.size(), 1U);
}

TEST(shard_start, R1_ids_of_all_sagas_are_one_namespace) {
    auto walk = saga_of(a_step("one"));
    walk.name = "walk";
    world w({make_plan(saga_of(a_step("one"))), make_plan(walk)});
    const auto start = [&](const std::string& type, token caller) {
        w.it->start({type, "ada", R"({"notes":"","vip":false})", {}, caller});
        w.settle();
    };
    start("trip", 1);
    start("walk", 2);
    ASSERT_TRUE(w.answer<started>(1) && w.answer<failure>(2));
    EXPECT_EQ(w.answer<failure>(2)->code, errc::id_conflict);
    w.reply(w.published.back().id);
    w.settle();
    start("walk", 3);
    ASSERT_TRUE(w.answer<failure>(3));
    EXPECT_EQ(w.answer<failure>(3)->code, errc::id_conflict);
}

TEST(shard_start, R1_the_next_engine_knows_ids_and_inputs_of_sagas_that_run_or_are_finished) {
    const auto trip = hosting(a_step("one"));
    world w(trip);
    w.start("ada", 1);
    w.start("bob", 2);
    w.settle();
    w.reply(w.published.back().id);
    w.settle();
    w.restart(trip);
    w.forget();
    token caller = 10;
    for (const auto* id : {"ada", "bob"}) {
        const auto same = ++caller, other = ++caller;
        w.start(id, same);
        w.start(id, other, "other");
        w.settle();
        ASSERT_TRUE(w.answer<started>(same) && w.answer<failure>(other)) << id;
        EXPECT_FALSE(w.answer<started>(same)->is_new);
        EXPECT_EQ(w.answer<failure>(other)->code, errc::id_conflict);
    }
    EXPECT_TRUE(w.published.empty());
}

TEST(shard_start, R1_a_second_start_waits_until_the_first_is_durable) {
    auto w = one_step();
    w.start("ada", 1);
    w.read();
    w.start("ada", 2);
    EXPECT_TRUE(w.nothing_came_out());
    w.make_durable();
    EXPECT_EQ(w.answers.size(), 2U);
}

TEST(shard_start, R1_R3_an_id_that_was_purged_starts_anew_with_new_command_ids) {
    auto options = default_options();
    options.retention = 1min;
    auto w = one_step(options);
    w.start("ada", 1);
    w.settle();
    const auto first = w.published.back().id;
    w.reply(first);
    w.wait(2min);
    w.start("ada", 2, "other");
    w.settle();
    ASSERT_TRUE(w.answer<started>(2));
    EXPECT_TRUE(w.answer<started>(2)->is_new);
    EXPECT_GT(w.answer<started>(2)->birth, w.answer<started>(1)->birth);
    EXPECT_NE(w.published.back().id, first);
    w.reply(first, 5); // an answer to the saga of before is none to this one
    w.settle();
    EXPECT_EQ(w.acknowledged.back(), 5U);
    EXPECT_EQ(w.row("ada").state, saga_state::running);
}

} // namespace
} // namespace sagaflow::core::test
