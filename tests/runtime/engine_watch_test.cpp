// Watching: history, then live, each event once and in order, to the end (R18).
#include "support/bench.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

std::optional<message> always(const message& command) {
    return success(command);
}
std::optional<message> never(const message&) {
    return std::nullopt;
}

// What a pushed watcher got.
struct follower {
    std::vector<std::uint64_t> seqs;
    box<std::optional<failure>> ended;

    event_handler on_events() {
        return [this](std::span<const event_ptr> events) {
            for (const auto& e : events) seqs.push_back(e->seq);
        };
    }
    end_handler on_end() {
        return [this](const auto& why) { ended.put(why); };
    }
};

std::vector<std::uint64_t> seqs_of(const std::vector<event>& events) {
    std::vector<std::uint64_t> all;
    for (const auto& e : events) all.push_back(e.seq);
    return all;
}

TEST(EngineWatch, gives_the_history_of_a_finished_saga_then_ends) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    b.trips->start("t1", {"ada"}).value();
    const auto live = follow(*b.sagas, "t1");
    auto range = b.sagas->watch("t1");
    std::vector<event> history;
    for (const auto& e : range) history.push_back(e);
    EXPECT_EQ(seqs_of(history), seqs_of(live));
    EXPECT_FALSE(range.ended_by());
    follower f;
    const auto handle = b.sagas->watch("t1", {}, f.on_events(), f.on_end());
    EXPECT_FALSE(f.ended.take());
    EXPECT_EQ(f.seqs, seqs_of(live));
}

TEST(EngineWatch, goes_on_after_the_last_event_that_the_watcher_has) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    b.trips->start("t1", {"ada"}).value();
    const auto all = seqs_of(follow(*b.sagas, "t1"));
    EXPECT_EQ(seqs_of(follow(*b.sagas, "t1", {.after = all[1]})),
              std::vector<std::uint64_t>(all.begin() + 2, all.end()));
    EXPECT_TRUE(follow(*b.sagas, "t1", {.after = all.back()}).empty());
    EXPECT_EQ(seqs_of(follow(*b.sagas, "t1", {.after = all.back() + 1000})), all); // of another store
}

TEST(EngineWatch, says_that_there_is_no_such_saga) {
    bench b;
    b.run();
    auto range = b.sagas->watch("nobody");
    EXPECT_EQ(range.begin(), range.end());
    EXPECT_EQ(range.ended_by()->code, errc::not_found);
    follower f;
    const auto handle = b.sagas->watch("nobody", {}, f.on_events(), f.on_end());
    EXPECT_EQ(f.ended.take()->code, errc::not_found);
}

TEST(EngineWatch, joins_live_while_the_saga_runs) {
    bench b;
    b.run();
    const desk deaf(b.bus, never);
    b.trips->start("t1", {"ada"}).value();
    follower f;
    box<bool> first;
    const auto handle = b.sagas->watch(
        "t1", {},
        [&, take = f.on_events()](auto events) {
            take(events);
            first.put(true);
        },
        f.on_end());
    first.take();
    EXPECT_TRUE(b.sagas->cancel("t1", {"eve", "changed her mind"}));
    const desk d(b.bus, always);
    EXPECT_TRUE(b.sagas->suspend("t1", {"eve", "wait"}));
    EXPECT_TRUE(b.sagas->abandon("t1", {"eve", "enough"}));
    EXPECT_FALSE(f.ended.take());
    EXPECT_EQ(f.seqs, seqs_of(follow(*b.sagas, "t1")));
}

TEST(EngineWatch, neither_misses_nor_repeats_an_event_whenever_it_begins) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    constexpr int sagas = 300;
    std::vector<std::unique_ptr<follower>> followers;
    std::vector<watch_handle> handles;
    for (int i = 0; i < sagas; ++i) {
        const auto id = "t" + std::to_string(i);
        b.trips->start(id, {"ada"}).value(); // its steps run while the watchers come
        for (int w = 0; w < 3; ++w) {
            auto& f = *followers.emplace_back(std::make_unique<follower>());
            handles.push_back(b.sagas->watch(id, {}, f.on_events(), f.on_end()));
        }
        if (i % 10 == 0) { // one that asks
            EXPECT_EQ(follow(*b.sagas, id).back().kind, event_kind::completed);
        }
    }
    for (std::size_t i = 0; i < followers.size(); ++i) {
        EXPECT_FALSE(followers[i]->ended.take());
        EXPECT_EQ(followers[i]->seqs, seqs_of(follow(*b.sagas, "t" + std::to_string(i / 3)))) << i;
    }
}

TEST(EngineWatch, serves_a_thousand_watchers_of_one_saga) {
    bench b;
    b.run();
    const desk deaf(b.bus, never);
    b.trips->start("t1", {"ada"}).value();
    std::vector<std::unique_ptr<follower>> followers;
    std::vector<watch_handle> handles;
    for (int i = 0; i < 1000; ++i) {
        auto& f = *followers.emplace_back(std::make_unique<follower>());
        handles.push_back(b.sagas->watch("t1", {}, f.on_events(), f.on_end()));
    }
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_queue_length", "watchers"), 1000);
    EXPECT_TRUE(b.sagas->suspend("t1", {"eve", "wait"}));
    EXPECT_TRUE(b.sagas->abandon("t1", {"eve", "enough"}));
    const auto all = seqs_of(follow(*b.sagas, "t1"));
    for (auto& f : followers) {
        EXPECT_FALSE(f->ended.take());
        EXPECT_EQ(f->seqs, all);
    }
    handles.clear();
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_queue_length", "watchers"), 0);
}

TEST(EngineWatch, R20_refuses_watchers_beyond_the_bound) {
    bench b;
    auto options = b.options();
    options.limits.watchers = 1;
    b.run(options);
    b.walks->start("1", {"ada"}).value();
    follower f;
    auto first = b.sagas->watch("1", {}, f.on_events(), f.on_end());
    follower g;
    const auto second = b.sagas->watch("1", {}, g.on_events(), g.on_end());
    EXPECT_EQ(g.ended.take()->code, errc::overloaded);
    EXPECT_EQ(b.sagas->watch("1").ended_by()->code, errc::overloaded);
    first = {};
    EXPECT_FALSE(b.sagas->watch("1").ended_by());
}

// Events of a saga without any participant: an operator's notes.
void make_events(bench& b, const std::string& id, int count) {
    for (int i = 0; i < count; i += 2) {
        EXPECT_TRUE(b.sagas->suspend(id, {"eve", "wait"}));
        EXPECT_TRUE(b.sagas->retry(id, {"eve", "go on"}));
    }
}

TEST(EngineWatch, R20_cuts_off_a_puller_that_does_not_take_its_events) {
    bench b;
    auto options = b.options();
    options.limits.watcher_backlog = 4;
    b.run(options);
    b.walks->start("1", {"ada"}).value();
    auto range = b.sagas->watch("1");
    auto it = range.begin(); // it is live from here on
    make_events(b, "1", 8);
    std::size_t taken = 0;
    std::uint64_t last = 0;
    for (; it != range.end(); ++it, ++taken) last = it->seq;
    EXPECT_EQ(range.ended_by()->code, errc::overloaded);
    EXPECT_LE(taken, 6U);
    auto again = b.sagas->watch("1", {.after = last});
    EXPECT_EQ(again.begin()->previous, last); // it resumes where it was cut off
}

TEST(EngineWatch, reads_a_history_that_is_longer_than_its_backlog) {
    bench b;
    auto options = b.options();
    options.limits.watcher_backlog = 4;
    b.run(options);
    b.walks->start("1", {"ada"}).value();
    make_events(b, "1", 40);
    EXPECT_TRUE(b.sagas->suspend("1", {"eve", "wait"}));
    EXPECT_TRUE(b.sagas->abandon("1", {"eve", "enough"}));
    const auto all = follow(*b.sagas, "1");
    EXPECT_EQ(all.size(), 43U);
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i].previous, all[i - 1].seq);
    follower f;
    const auto handle = b.sagas->watch("1", {}, f.on_events(), f.on_end());
    EXPECT_FALSE(f.ended.take());
    EXPECT_EQ(f.seqs, seqs_of(all));
}

TEST(EngineWatch, a_handle_may_be_destroyed_by_its_own_callback) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    std::atomic<int> calls = 0;
    box<bool> called;
    std::optional<watch_handle> handle;
    std::mutex ready; // the handle is there before it is destroyed
    {
        const std::lock_guard lock(ready);
        handle = b.sagas->watch(
            "1", {},
            [&](auto) {
                const std::lock_guard in_callback(ready);
                handle.reset();
                ++calls;
                called.put(true);
            },
            nullptr);
    }
    called.take();
    make_events(b, "1", 4);
    box<bool> after; // a callback behind any that there might be
    b.walks->async_start("2", {"ada"}, [&](const auto&) { after.put(true); });
    after.take();
    EXPECT_EQ(calls, 1);
}

TEST(EngineWatch, no_call_begins_or_runs_after_the_handle_is_destroyed) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    for (int i = 0; i < 200; ++i) {
        auto alive = std::make_unique<std::atomic<int>>(0);
        auto handle = b.sagas->watch(
            "1", {}, [&alive = *alive](auto) { ++alive; }, [&alive = *alive](auto&) { ++alive; });
        if (i % 2 == 0) make_events(b, "1", 2);
        handle = {};
        alive.reset(); // the address sanitizer tells of a call after this
    }
}

TEST(EngineWatch, a_range_may_outlive_its_engine) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    auto range = b.sagas->watch("1");
    follower f;
    auto handle = b.sagas->watch("1", {}, f.on_events(), f.on_end());
    b.sagas.reset();
    for (auto it = range.begin(); it != range.end(); ++it) {
    }
    EXPECT_EQ(range.ended_by()->code, errc::stopped);
    handle = {};
}

TEST(EngineWatch, ends_when_its_history_can_not_be_read) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    b.disk->fail_reads(transient_error());
    EXPECT_EQ(b.sagas->watch("1").ended_by()->code, errc::unavailable);
    follower f;
    const auto handle = b.sagas->watch("1", {}, f.on_events(), f.on_end());
    EXPECT_EQ(f.ended.take()->code, errc::unavailable);
}

} // namespace
} // namespace sagaflow::test
