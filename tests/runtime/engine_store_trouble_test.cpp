// What happens when the store fails: for a while, or for good.
#include "support/bench.hpp"

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

std::optional<message> always(const message& command) {
    return success(command);
}

TEST(EngineStoreTrouble, a_commit_that_fails_for_a_while_is_tried_again_as_it_was) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    b.disk->fail_commits(transient_error());
    box<result<started>> answer;
    b.trips->async_start("t1", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    b.disk->wait_for_failures(2);
    EXPECT_TRUE(answer.empty());
    EXPECT_FALSE(b.sagas->health().ready);
    EXPECT_EQ(reason_of(b.sagas->health(), "store"), "the disk is full");
    b.disk->fail_commits(std::nullopt);
    EXPECT_TRUE(answer.take().value().is_new);
    EXPECT_TRUE(b.sagas->health().ready);
    EXPECT_EQ(follow(*b.sagas, "t1").back().kind, event_kind::completed);
    EXPECT_TRUE(b.lines->has("error: the store is in trouble"));
    EXPECT_TRUE(b.lines->has("info: the store works again"));
}

TEST(EngineStoreTrouble, refuses_starts_meanwhile_and_tells_those_in_the_batch_at_their_deadline) {
    bench b;
    b.run();
    b.disk->fail_commits(transient_error());
    EXPECT_EQ(b.walks->start("1", {"ada"}, {}, 1ms).error().code, errc::outcome_unknown);
    b.disk->wait_for_failures(2); // by then the shard was told of the first
    EXPECT_EQ(b.walks->start("2", {"ada"}).error().code, errc::unavailable);
    b.disk->fail_commits(std::nullopt);
    b.lines->wait_for("the store works again");
    EXPECT_TRUE(b.sagas->find("1"));
}

TEST(EngineStoreTrouble, a_read_that_fails_for_a_while_is_tried_again) {
    bench b;
    b.run();
    b.disk->fail_reads(transient_error());
    box<result<started>> answer;
    b.walks->async_start("1", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    b.disk->wait_for_failures(3);
    EXPECT_FALSE(b.sagas->health().ready);
    b.disk->fail_reads(std::nullopt);
    EXPECT_TRUE(answer.take());
    b.lines->wait_for("the store works again");
    EXPECT_TRUE(b.sagas->health().ready);
}

TEST(EngineStoreTrouble, stops_for_good_when_the_store_is_damaged_and_tells_everybody) {
    bench b;
    b.run();
    const desk d(b.bus, [](const message&) { return std::nullopt; });
    b.walks->start("watched", {"ada"}).value();
    box<std::optional<failure>> watcher;
    const auto handle = b.sagas->watch(
        "watched", {}, [](auto) {}, [&](const auto& why) { watcher.put(why); });
    b.disk->fail_commits(permanent_error());
    EXPECT_EQ(b.walks->start("1", {"ada"}).error().code, errc::outcome_unknown);
    EXPECT_EQ(watcher.take()->code, errc::unavailable);
    EXPECT_EQ(b.walks->start("2", {"ada"}).error().code, errc::unavailable);
    EXPECT_FALSE(b.sagas->health().ready);
    EXPECT_EQ(reason_of(b.sagas->health(), "engine"), "the file is damaged");
    EXPECT_EQ(b.alerts->take().reason, "the file is damaged");
    EXPECT_FALSE(b.sagas->stop());
}

TEST(EngineStoreTrouble, F1_stops_at_once_when_another_engine_has_claimed_the_shard) {
    bench b;
    b.run();
    engine other(b.options());
    auto walks = other.host(a_walk());
    other.start();
    EXPECT_EQ(b.walks->start("1", {"ada"}).error().code, errc::fenced);
    EXPECT_EQ(b.walks->start("1", {"ada"}).error().code, errc::fenced);
    EXPECT_TRUE(walks.start("1", {"ada"}).value().is_new);
    const desk d(b.bus, always);
    EXPECT_EQ(follow(other, "1").back().kind, event_kind::completed);
}

TEST(EngineStoreTrouble, stops_in_the_middle_of_trouble) {
    bench b;
    b.run();
    b.disk->fail_commits(transient_error());
    box<result<started>> answer;
    b.walks->async_start("1", {"ada"}, [&](auto r) { answer.put(std::move(r)); });
    b.disk->wait_for_failures(1);
    EXPECT_FALSE(b.sagas->stop(1ms));
    EXPECT_EQ(answer.take().error().code, errc::outcome_unknown);
}

TEST(EngineStoreTrouble, a_store_that_can_not_be_claimed_is_told_by_who_hosts_or_starts) {
    struct held_store final : store {
        ownership claim(std::uint32_t, const std::string&) override {
            throw error(errc::in_use, "the file is held by process 42");
        }
        void commit(const batch&) override {}
        std::vector<std::optional<saga_row>> load(std::span<const std::string>) override { return {}; }
        saga_page list(const saga_filter&, std::uint64_t) override { return {}; }
        std::vector<event> events(std::uint64_t, std::optional<std::uint64_t>, std::size_t) override {
            return {};
        }
    };
    bench b;
    auto options = b.options();
    options.store = std::make_shared<held_store>();
    engine hosts(options);
    EXPECT_THROW(hosts.host(a_walk()), error);
    engine starts(options);
    EXPECT_THROW(starts.start(), error);
    EXPECT_NE(reason_of(starts.health(), "engine").find("process 42"), std::string::npos);
}

} // namespace
} // namespace sagaflow::test
