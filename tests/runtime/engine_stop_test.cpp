// The end of an engine, in order and as in a crash, and what the next one finds.
#include "support/bench.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

std::optional<message> always(const message& command) {
    return success(command);
}
std::optional<message> never(const message&) {
    return std::nullopt;
}

TEST(EngineStop, lets_what_is_under_way_become_durable) {
    bench b;
    b.run();
    b.disk->close_gate();
    box<result<started>> answer;
    b.walks->async_start("1", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    b.disk->wait_for_commit();
    std::thread opener([&] { b.disk->open_gate(); });
    EXPECT_TRUE(b.sagas->stop());
    opener.join();
    EXPECT_TRUE(answer.take().value().is_new);
    EXPECT_TRUE(b.sagas->find("1"));
    EXPECT_FALSE(b.sagas->health().ready);
}

TEST(EngineStop, is_idempotent_and_needs_no_start) {
    bench b;
    b.run();
    EXPECT_TRUE(b.sagas->stop());
    EXPECT_TRUE(b.sagas->stop());
    engine never_started(b.options());
    EXPECT_TRUE(never_started.stop());
    EXPECT_THROW(b.sagas->start(), error);
}

TEST(EngineStop, ends_watchers) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    box<std::optional<failure>> pushed;
    const auto handle = b.sagas->watch(
        "1", {}, [](auto) {}, [&](const auto& why) { pushed.put(why); });
    auto range = b.sagas->watch("1");
    auto it = range.begin();
    std::thread stopper([&] { b.sagas->stop(); });
    while (it != range.end()) ++it;
    stopper.join();
    EXPECT_EQ(range.ended_by()->code, errc::stopped);
    EXPECT_EQ(pushed.take()->code, errc::stopped);
    EXPECT_EQ(b.sagas->watch("1").ended_by()->code, errc::stopped);
}

TEST(EngineStop, gives_up_at_the_deadline) {
    bench b;
    b.run();
    b.disk->close_gate();
    box<result<started>> answer;
    b.walks->async_start("1", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    b.disk->wait_for_commit();
    // The commit that runs is waited for: let it go once the deadline is over and the answer was given.
    std::thread opener([&] {
        EXPECT_EQ(answer.take().error().code, errc::outcome_unknown);
        b.disk->open_gate();
    });
    EXPECT_FALSE(b.sagas->stop(1ms));
    opener.join();
}

TEST(EngineStop, a_destroyed_engine_leaves_its_sagas_to_the_next_one_on_the_same_bus) {
    bench b;
    b.run();
    {
        const desk deaf(b.bus, never);
        for (int i = 0; i < 50; ++i) b.trips->start("t" + std::to_string(i), {"ada"}).value();
        deaf.wait_for(50);
    }
    b.sagas.reset();
    b.run();
    const desk d(b.bus, always);
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(follow(*b.sagas, "t" + std::to_string(i)).back().kind, event_kind::completed);
    b.lines->wait_for("recovery is finished");
}

TEST(EngineStop, R16_the_next_engine_sends_outstanding_commands_again_under_their_ids) {
    bench b;
    b.run();
    const desk deaf(b.bus, never);
    b.walks->start("1", {"ada"}).value();
    deaf.wait_for(1);
    EXPECT_TRUE(b.sagas->stop());
    b.run();
    deaf.wait_for(2);
    EXPECT_EQ(deaf.seen()[0], deaf.seen()[1]);
}

TEST(EngineStop, a_reply_that_comes_after_the_end_is_taken_by_the_next_engine) {
    bench b;
    b.run();
    box<message> command;
    const desk slow(b.bus, [&](const message& c) -> std::optional<message> {
        if (command.empty()) command.put(c);
        return std::nullopt;
    });
    b.walks->start("1", {"ada"}).value();
    slow.wait_for(1);
    EXPECT_TRUE(b.sagas->stop());
    b.bus->publish({success(command.take())}, nullptr);
    b.run();
    EXPECT_EQ(follow(*b.sagas, "1").back().kind, event_kind::completed);
}

TEST(EngineStop, can_be_destroyed_with_callers_and_callbacks_under_way) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    std::atomic<int> answers = 0;
    std::vector<watch_handle> handles;
    for (int i = 0; i < 200; ++i) {
        const auto id = "t" + std::to_string(i);
        b.trips->async_start(id, {"ada"}, [&](const auto&) { ++answers; });
        handles.push_back(b.sagas->watch(
            id, {}, [](auto) {}, nullptr));
    }
    b.sagas.reset();
    EXPECT_EQ(answers, 200);
}

TEST(EngineStop, refuses_to_be_stopped_by_a_callback) {
    bench b;
    b.run();
    box<std::string> what;
    b.walks->async_start("1", {"ada"}, [&](const auto&) {
        try {
            b.sagas->stop();
        } catch (const error& e) {
            what.put(e.what());
        }
    });
    EXPECT_NE(what.take().find("callback"), std::string::npos);
}

} // namespace
} // namespace sagaflow::test
