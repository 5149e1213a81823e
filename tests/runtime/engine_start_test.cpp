// Starts: what is taken on, what is refused, what is answered when.
#include "support/bench.hpp"

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

std::optional<message> always(const message& command) {
    return success(command);
}
std::optional<message> never(const message&) {
    return std::nullopt;
}

TEST(EngineStart, runs_a_saga_to_its_end) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    const auto s = b.trips->start("t1", {"ada"}).value();
    EXPECT_TRUE(s.is_new);
    const auto events = follow(*b.sagas, "t1");
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.front().seq, s.birth);
    EXPECT_EQ(events.back().kind, event_kind::completed);
}

TEST(EngineStart, compensates_when_a_step_is_rejected) {
    bench b;
    b.run();
    const desk d(b.bus, [](const message& c) -> std::optional<message> {
        if (c.step == "car" && c.kind == message_kind::command) return rejection_of(c, "none-left");
        return success(c);
    });
    b.trips->start("t1", {"ada"}).value();
    EXPECT_EQ(follow(*b.sagas, "t1").back().kind, event_kind::compensated);
    const auto report = b.sagas->find("t1").value();
    EXPECT_EQ(report.state, saga_state::compensated);
    EXPECT_NE(report.reason.find("none-left"), std::string::npos) << report.reason;
}

TEST(EngineStart, R1_answers_a_known_start_with_the_saga_that_there_is) {
    bench b;
    b.run();
    const auto first = b.trips->start("t1", {"ada"}).value();
    const auto again = b.trips->start("t1", {"ada"}).value();
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.birth, first.birth);
    EXPECT_EQ(b.trips->start("t1", {"bob"}).error().code, errc::id_conflict);
}

TEST(EngineStart, R1_answers_many_starts_of_one_id_at_the_same_time_with_one_saga) {
    bench b;
    b.run();
    std::vector<std::thread> threads;
    std::atomic<int> made = 0;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] { made += b.trips->start("t1", {"ada"}).value().is_new ? 1 : 0; });
    for (auto& t : threads) t.join();
    EXPECT_EQ(made, 1);
}

TEST(EngineStart, answers_and_publishes_nothing_before_it_is_durable) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    b.disk->close_gate();
    box<result<started>> answer;
    b.trips->async_start("t1", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    b.disk->wait_for_commit();
    EXPECT_TRUE(answer.empty());
    EXPECT_TRUE(d.seen().empty());
    EXPECT_FALSE(b.sagas->find("t1"));
    b.disk->open_gate();
    EXPECT_TRUE(answer.take().value().is_new);
    d.wait_for(1);
}

TEST(EngineStart, goes_on_in_memory_while_a_large_commit_is_on_its_way_and_releases_nothing_of_it) {
    box<result<started>> small; // these outlive the engine, which may answer to its last moment
    std::atomic<int> answered = 0;
    bench b;
    b.run();
    const desk d(b.bus, never);
    b.disk->close_gate();
    b.walks->async_start("small", {"ada"}, [&](auto r) { small.put(std::move(r)); });
    b.disk->wait_for_commit();
    for (int i = 0; i < 20; ++i)
        b.walks->async_start("large-" + std::to_string(i), {"ada"}, [&](const auto&) { ++answered; });
    b.disk->hold_commits_over(8);
    EXPECT_TRUE(small.take());
    b.disk->wait_for_commit();
    EXPECT_EQ(b.sagas->explain("small").value().saga.state, saga_state::running); // the shard is free
    EXPECT_EQ(answered, 0);
    d.wait_for(1);
    EXPECT_EQ(d.seen().size(), 1U);
    b.disk->open_gate();
    d.wait_for(21);
}

TEST(EngineStart, forms_one_batch_of_all_that_comes_while_a_commit_is_on_its_way) {
    bench b;
    b.run();
    b.walks->start("first", {"ada"}).value();
    b.disk->close_gate();
    constexpr std::size_t many = 100;
    std::atomic<std::size_t> answered = 0;
    box<bool> all;
    const auto done = [&](const result<started>& r) {
        EXPECT_TRUE(r);
        if (++answered == many + 1) all.put(true);
    };
    b.walks->async_start("second", {"ada"}, done);
    b.disk->wait_for_commit();
    for (std::size_t i = 0; i < many; ++i) b.walks->async_start("more-" + std::to_string(i), {"ada"}, done);
    b.disk->open_gate();
    all.take();
    std::size_t batches = 0;
    std::size_t sagas = 0;
    for (const auto& batch : b.disk->batches()) {
        if (batch.started.empty()) continue;
        ++batches;
        sagas += batch.started.size();
    }
    EXPECT_EQ(sagas, many + 2);
    EXPECT_LE(batches, 6U);
}

TEST(EngineStart, R20_refuses_at_once_what_is_beyond_the_bound) {
    bench b;
    auto options = b.options();
    options.limits.pending_starts = 2;
    b.run(options);
    b.disk->close_gate();
    box<result<started>> first;
    box<result<started>> second;
    b.walks->async_start("1", {"ada"}, [&](auto r) { first.put(std::move(r)); });
    b.walks->async_start("2", {"ada"}, [&](auto r) { second.put(std::move(r)); });
    EXPECT_EQ(b.walks->start("3", {"ada"}).error().code, errc::overloaded);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_queue_length", "callers"), 2);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_queue_bound", "callers"), 2);
    b.disk->open_gate();
    EXPECT_TRUE(first.take());
    EXPECT_TRUE(second.take());
    EXPECT_TRUE(b.walks->start("3", {"ada"}));
}

TEST(EngineStart, says_that_the_outcome_is_unknown_when_the_deadline_comes_first) {
    bench b;
    b.run();
    b.disk->close_gate();
    EXPECT_EQ(b.walks->start("1", {"ada"}, {}, 1ms).error().code, errc::outcome_unknown);
    b.disk->open_gate();
    EXPECT_FALSE(b.walks->start("1", {"ada"}).value().is_new); // it was taken on
}

TEST(EngineStart, R3_refuses_ids_that_break_the_rules) {
    bench b;
    b.run();
    for (const auto& id : {std::string(), std::string(129, 'x'), std::string("a\nb"), std::string("a\x7f"),
                           std::string("\xff\xfe"), std::string("\xc3"), std::string("\xc2\x85"),
                           std::string("\xed\xa0\x80"), std::string("nul\0", 4)}) {
        const auto r = b.walks->start(id, {"ada"});
        ASSERT_FALSE(r) << id;
        EXPECT_EQ(r.error().code, errc::invalid_argument) << id;
    }
    EXPECT_TRUE(b.walks->start(std::string(128, 'x'), {"ada"}));
    EXPECT_TRUE(b.walks->start("größe-€-😀", {"ada"}));
}

TEST(EngineStart, refuses_an_input_over_the_limit) {
    bench b;
    auto options = b.options();
    options.limits.payload_bytes = 100;
    b.run(options);
    EXPECT_EQ(b.walks->start("1", {std::string(99, 'x')}).error().code, errc::too_large);
    EXPECT_TRUE(b.walks->start("1", {std::string(98, 'x')}));
}

TEST(EngineStart, refuses_a_saga_that_nobody_hosts) {
    bench b;
    b.run();
    EXPECT_EQ(b.sagas->start_encoded("flight", "1", "{}").error().code, errc::invalid_argument);
}

TEST(EngineStart, says_that_it_is_not_running) {
    bench b;
    engine e(b.options());
    const auto walks = e.host(a_walk());
    auto h = walks;
    EXPECT_EQ(h.start("1", {"ada"}).error().code, errc::stopped);
    e.start();
    EXPECT_TRUE(h.start("1", {"ada"}));
    EXPECT_TRUE(e.stop());
    EXPECT_EQ(h.start("2", {"ada"}).error().code, errc::stopped);
    box<result<started>> answer;
    h.async_start("3", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    EXPECT_EQ(answer.take().error().code, errc::stopped);
}

TEST(EngineStart, goes_on_when_a_callback_throws) {
    bench b;
    b.run();
    b.walks->async_start("1", {"ada"}, [](const auto&) { throw std::runtime_error("my fault"); });
    EXPECT_NE(b.lines->wait_for("callback").find("my fault"), std::string::npos);
    box<result<started>> answer;
    b.walks->async_start("2", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    EXPECT_TRUE(answer.take());
}

TEST(EngineStart, takes_starts_of_a_definition_that_is_hosted_while_it_runs) {
    bench b;
    engine e(b.options());
    e.start();
    auto walks = e.host(a_walk());
    const desk d(b.bus, always);
    EXPECT_TRUE(walks.start("1", {"ada"}));
    EXPECT_EQ(follow(e, "1").back().kind, event_kind::completed);
    EXPECT_TRUE(e.stop());
}

TEST(EngineStart, refuses_options_that_can_not_work) {
    bench b;
    auto nameless = b.options();
    nameless.name = "";
    EXPECT_THROW(engine{nameless}, error);
    auto storeless = b.options();
    storeless.store = nullptr;
    EXPECT_THROW(engine{storeless}, error);
    auto deaf = b.options();
    deaf.transports.clear();
    EXPECT_THROW(engine{deaf}, error);
    auto lost = b.options();
    lost.routes["desk.book"] = {.address = "d", .transport = memory::make_transport()};
    EXPECT_THROW(engine{lost}, error);
}

TEST(EngineStart, sends_a_command_where_its_route_says) {
    bench b;
    auto options = b.options();
    const auto other = memory::make_transport();
    options.transports.push_back(other);
    options.routes["desk.book"] = {.address = "", .transport = other};
    b.run(options);
    const desk d(other, always);
    b.walks->start("1", {"ada"}).value();
    EXPECT_EQ(follow(*b.sagas, "1").back().kind, event_kind::completed);
    b.sagas.reset();
    other->close();
}

TEST(EngineStart, an_answer_that_never_comes_leaves_the_saga_waiting_and_explained) {
    bench b;
    b.run();
    const desk d(b.bus, never);
    b.walks->start("1", {"ada"}).value();
    d.wait_for(1);
    const auto why = b.sagas->explain("1").value();
    ASSERT_EQ(why.waiting_for.size(), 1U);
    EXPECT_EQ(why.waiting_for[0].step, "shoes");
    EXPECT_EQ(why.waiting_for[0].address, "desk");
    EXPECT_EQ(b.sagas->explain("2").error().code, errc::not_found);
}

} // namespace
} // namespace sagaflow::test
