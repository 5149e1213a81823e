// explain(saga): why does it hang? (R19)
#include "shard_world.hpp"

namespace sagaflow::core::test {
namespace {

using names = std::vector<std::string>;

explanation explained(world& w, const std::string& id) {
    w.it->explain(id, 99, w.now);
    w.settle();
    const auto* found = w.answer<explanation>(99);
    auto said = found ? *found : explanation{};
    w.answers.erase(99);
    return said;
}

// The first step is done; the second has waited 4 s.
world second_step(std::size_t hot_sagas = 100) {
    auto options = default_options();
    options.limits.hot_sagas = hot_sagas;
    auto trip = saga_of(a_step("one"), a_step("two"), a_pivot("pay"), a_retriable("tell"));
    trip.timeout = 1h;
    world w({make_plan(trip)}, options);
    w.start("ada");
    w.settle();
    w.now += 1s;
    w.reply(w.published.back().id);
    w.settle();
    w.now += 4s;
    return w;
}

TEST(shard_explain, R19_says_what_is_waited_for_since_when_and_what_comes_next) {
    auto w = second_step();
    const auto said = explained(w, "ada");
    EXPECT_EQ(said.saga.id, "ada");
    EXPECT_EQ(said.saga.state, saga_state::running);
    ASSERT_EQ(said.saga.steps.size(), 4U);
    EXPECT_EQ(said.saga.steps[0].state, step_state::done);
    EXPECT_EQ(said.saga.steps[3].state, step_state::waiting);
    ASSERT_EQ(said.waiting_for.size(), 1U);
    const auto& command = said.waiting_for[0];
    EXPECT_EQ(command.step, "two");
    EXPECT_FALSE(command.compensation);
    EXPECT_EQ(command.command_id, w.published.back().id);
    EXPECT_EQ(command.address, "svc");
    EXPECT_EQ(command.attempt, 1);
    EXPECT_EQ(command.attempts_allowed, 2);
    EXPECT_EQ(command.first_sent, w.now - 4s);
    EXPECT_TRUE(command.accepted);
    ASSERT_TRUE(command.next_due);
    EXPECT_GE(*command.next_due, w.now + 6s);
    EXPECT_LE(*command.next_due, w.now + 7s);
    EXPECT_EQ(said.saga_due, w.now - 5s + 1h);
    EXPECT_EQ(said.cancel_would_undo, (names{"two", "one"}));
    EXPECT_TRUE(said.cannot_be_undone.empty());
    EXPECT_EQ(said.verbs, (names{"suspend", "cancel"}));
}

TEST(shard_explain, R19_says_it_in_words) {
    auto w = second_step();
    const auto text = explained(w, "ada").text;
    EXPECT_TRUE(
        text.starts_with("Saga 'ada' (trip v1) is running. It waits for the answer to the command of step "
                         "'two' at 'svc', first sent 2033-05-18 03:33:21 UTC (4 s ago), attempt 1 of 2; if "
                         "none comes, the next thing happens 2033-05-18 03:33:3"))
        << text;
    EXPECT_TRUE(text.ends_with(" A cancel now would undo: two, one. An operator can: suspend, cancel."))
        << text;
}

TEST(shard_explain, R19_says_the_same_of_a_saga_that_is_only_in_the_store) {
    auto hot = second_step();
    auto cold = second_step(0);
    ASSERT_EQ(cold.it->figures().hot, 0U);
    EXPECT_EQ(explained(cold, "ada").text, explained(hot, "ada").text);
}

TEST(shard_explain, R19_says_that_the_transport_has_not_taken_it) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.store_all();
    w.it->explain("ada", 5, w.now);
    w.store_all();
    const auto* said = w.answer<explanation>(5);
    ASSERT_TRUE(said && said->waiting_for.size() == 1U);
    EXPECT_FALSE(said->waiting_for[0].accepted);
    EXPECT_FALSE(said->waiting_for[0].next_due);
    EXPECT_NE(said->text.find("the transport has not accepted it yet"), std::string::npos) << said->text;
}

TEST(shard_explain, R19_says_what_can_not_be_undone_any_more_and_why_it_stands_still) {
    auto w = second_step();
    for (int i = 0; i < 2; ++i) { // to past the pivot
        w.reply(w.published.back().id);
        w.settle();
    }
    w.reject(w.published.back().id);
    w.settle();
    const auto said = explained(w, "ada");
    EXPECT_EQ(said.saga.state, saga_state::suspended);
    EXPECT_NE(said.saga.reason.find("tell"), std::string::npos);
    EXPECT_TRUE(said.waiting_for.empty());
    EXPECT_TRUE(said.cancel_would_undo.empty());
    EXPECT_EQ(said.cannot_be_undone, (names{"pay", "two", "one"}));
    EXPECT_EQ(said.verbs, (names{"retry", "skip", "abandon"}));
    EXPECT_NE(said.text.find("No timer runs while it is suspended (rejected)."), std::string::npos)
        << said.text;
    EXPECT_NE(said.text.find("Can't be undone any more: pay, two, one."), std::string::npos) << said.text;
}

TEST(shard_explain, R19_says_what_is_not_undone) {
    world w(hosting(a_step("one"), a_step("two")));
    w.start("ada");
    w.settle();
    w.reply(w.published.back().id);
    w.settle();
    w.reject(w.published.back().id); // two: so one is undone
    w.settle();
    w.reject(w.published.back().id); // and that is rejected
    w.settle();
    const auto said = explained(w, "ada");
    EXPECT_EQ(said.saga.state, saga_state::suspended);
    EXPECT_EQ(said.not_undone, names{"one"});
    EXPECT_NE(said.text.find("Not undone: one."), std::string::npos) << said.text;
}

TEST(shard_explain, R19_explains_a_finished_saga_and_says_that_there_is_none) {
    world w(hosting(a_step("one")));
    w.start("ada");
    w.settle();
    w.reply(w.published.back().id);
    w.settle();
    const auto said = explained(w, "ada");
    EXPECT_EQ(said.saga.state, saga_state::completed);
    EXPECT_TRUE(said.verbs.empty());
    EXPECT_TRUE(said.waiting_for.empty());
    EXPECT_FALSE(said.saga_due);
    w.it->explain("nobody", 5, w.now);
    w.settle();
    ASSERT_TRUE(w.answer<failure>(5));
    EXPECT_EQ(w.answer<failure>(5)->code, errc::not_found);
}

} // namespace
} // namespace sagaflow::core::test
