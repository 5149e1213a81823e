// The engine with Boost.Asio's completion tokens.
#include "support/bench.hpp"

#include <sagaflow/asio.hpp>

#include <thread>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

namespace asio = boost::asio;

std::optional<message> always(const message& command) {
    return success(command);
}

asio::awaitable<void> start_and_follow(bench& b, std::vector<event_kind>& kinds, std::thread::id& ran_on) {
    const trip input{"ada"};
    const auto s = co_await async_start(*b.trips, "t1", input, asio::use_awaitable);
    EXPECT_TRUE(s.value().is_new);
    ran_on = std::this_thread::get_id();
    async_events events(*b.sagas, "t1");
    while (const auto e = co_await events.async_next(asio::use_awaitable)) kinds.push_back(e->kind);
    EXPECT_FALSE(events.ended_by());
}

TEST(Asio, a_coroutine_starts_a_saga_and_follows_it_to_its_end_on_its_own_executor) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    asio::io_context io;
    std::vector<event_kind> kinds;
    std::thread::id ran_on;
    asio::co_spawn(io, start_and_follow(b, kinds, ran_on), [](const std::exception_ptr& e) {
        if (e) std::rethrow_exception(e);
    });
    io.run(); // returns when nothing is left to do: what is under way keeps it busy
    EXPECT_EQ(ran_on, std::this_thread::get_id());
    ASSERT_FALSE(kinds.empty());
    EXPECT_EQ(kinds.front(), event_kind::started);
    EXPECT_EQ(kinds.back(), event_kind::completed);
}

TEST(Asio, completes_a_callback_never_inside_the_call_that_began_it) {
    bench b;
    b.run();
    asio::io_context io;
    bool called = false;
    async_start(*b.walks, "", trip{"ada"}, // refused at once
                asio::bind_executor(io, [&](const result<started>& r) {
                    EXPECT_EQ(r.error().code, errc::invalid_argument);
                    called = true;
                }));
    EXPECT_FALSE(called);
    io.run();
    EXPECT_TRUE(called);
}

TEST(Asio, completes_a_future) {
    bench b;
    b.run();
    EXPECT_TRUE(async_start(*b.walks, "1", trip{"ada"}, asio::use_future).get().value().is_new);
}

TEST(Asio, says_why_the_events_ended) {
    bench b;
    b.run();
    async_events nobody(*b.sagas, "nobody");
    EXPECT_EQ(nobody.async_next(asio::use_future).get(), nullptr);
    EXPECT_EQ(nobody.ended_by()->code, errc::not_found);
    b.walks->start("1", {"ada"}).value();
    async_events events(*b.sagas, "1");
    EXPECT_NE(events.async_next(asio::use_future).get(), nullptr);
    auto next = events.async_next(asio::use_future);
    EXPECT_TRUE(b.sagas->stop());
    EXPECT_EQ(next.get(), nullptr);
    EXPECT_EQ(events.ended_by()->code, errc::stopped);
}

TEST(Asio, completes_an_operation_when_its_events_are_destroyed) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    auto events = std::make_unique<async_events>(*b.sagas, "1");
    EXPECT_NE(events->async_next(asio::use_future).get(), nullptr);
    auto next = events->async_next(asio::use_future);
    events.reset();
    EXPECT_EQ(next.get(), nullptr);
}

TEST(Asio, R20_ends_when_nobody_asks_for_its_events) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    async_events events(*b.sagas, "1", {}, 2);
    EXPECT_NE(events.async_next(asio::use_future).get(), nullptr);
    for (int i = 0; i < 4; ++i) {
        EXPECT_TRUE(b.sagas->suspend("1", {"eve", "wait"}));
        EXPECT_TRUE(b.sagas->retry("1", {"eve", "go on"}));
    }
    box<bool> later; // behind the callbacks with those events
    b.walks->async_start("2", {"ada"}, [&](const auto&) { later.put(true); });
    later.take();
    for (int i = 0; i < 2; ++i) EXPECT_NE(events.async_next(asio::use_future).get(), nullptr);
    EXPECT_EQ(events.async_next(asio::use_future).get(), nullptr);
    EXPECT_EQ(events.ended_by()->code, errc::overloaded);
}

} // namespace
} // namespace sagaflow::test
