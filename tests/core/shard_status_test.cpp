// Status events on a topic: after their commit, at least once, and a cursor that is stored.
#include "core/status_feed.hpp"
#include "shard_world.hpp"

namespace sagaflow::core::test {
namespace {

shard_options with_topic() {
    auto o = default_options();
    o.status = target{0, "status"};
    return o;
}

plans told() {
    auto s = saga_of(a_step("one"));
    s.status = [](const view<memo>& v) { return act{v.state().notes.empty() ? "begun" : v.state().notes}; };
    return {make_plan(s)};
}

std::vector<std::string> statuses(const world& w) {
    std::vector<std::string> all;
    for (const auto& m : w.published)
        if (m.kind == message_kind::status) all.push_back(m.id + " " + m.saga_id + " " + m.body);
    return all;
}
using lines = std::vector<std::string>;

TEST(shard_status, a_status_is_published_once_it_is_durable_with_its_number_and_its_sagas_key) {
    world w(told(), with_topic());
    w.forget();
    w.start("ada");
    EXPECT_EQ(statuses(w), lines{}) << "nothing before its commit";
    w.settle();
    ASSERT_EQ(statuses(w), (lines{R"(1 ada {"notes":"begun"})"}));
    const auto m = *std::find_if(w.published.begin(), w.published.end(),
                                 [](const message& one) { return one.kind == message_kind::status; });
    EXPECT_EQ(m.address, "status");
    EXPECT_EQ(m.type, "trip.status");
    EXPECT_EQ(m.saga_type, "trip");
    EXPECT_NE(m.source, "");
    EXPECT_NE(m.issued, time_point{});
}

TEST(shard_status, the_cursor_is_part_of_a_later_batch_and_a_restart_goes_on_there) {
    world w(told(), with_topic());
    w.start("ada");
    w.settle();
    w.wait(2s);
    EXPECT_EQ(w.batches.back()->status_published, 1U) << "alone, when nothing else is committed";
    w.forget();
    w.restart(told());
    EXPECT_EQ(statuses(w), lines{});
    w.reply("ada~1/one/action");
    w.settle();
    EXPECT_EQ(statuses(w), (lines{R"(2 ada {"notes":"x"})"}));
}

TEST(shard_status, what_failed_and_what_follows_it_is_published_again_after_a_pause) {
    world w(told(), with_topic());
    w.forget();
    w.start("ada");
    w.store_all();
    w.report(published::verdict::failed);
    w.start("bob");
    w.store_all();
    w.forget();
    w.wait(10s);
    EXPECT_EQ(statuses(w), (lines{R"(1 ada {"notes":"begun"})", R"(2 bob {"notes":"begun"})"}));
    EXPECT_EQ(w.it->figures().status_unpublished, 0U);
}

TEST(shard_status, one_that_is_refused_for_good_holds_up_nothing) {
    world w(told(), with_topic());
    w.start("ada");
    w.store_all();
    w.report(published::verdict::refused, "too large");
    w.wait(2s);
    EXPECT_EQ(w.it->figures().status_unpublished, 0U);
}

TEST(shard_status, R17_a_finished_saga_is_not_purged_before_its_events_are_there) {
    auto o = with_topic();
    o.retention = 1s;
    world w(told(), o);
    w.start("ada");
    w.store_all();
    w.reply("ada~1/one/action");
    w.store_all();
    w.wait(1min, false);
    EXPECT_TRUE(w.store->load(std::vector<std::string>{"ada"})[0]);
    w.report(published::verdict::accepted);
    w.wait(1min);
    EXPECT_FALSE(w.store->load(std::vector<std::string>{"ada"})[0]);
}

TEST(shard_status, more_than_a_page_is_published_in_order) {
    world w(told(), with_topic());
    w.forget();
    const auto count = 2 * status_feed::page_size + 3;
    for (std::size_t n = 0; n < count; ++n) w.start("s" + std::to_string(n));
    w.settle();
    ASSERT_EQ(statuses(w).size(), count);
    for (std::size_t n = 0; n < count; ++n)
        EXPECT_EQ(statuses(w)[n].substr(0, statuses(w)[n].find(' ')), std::to_string(n + 1));
}

} // namespace
} // namespace sagaflow::core::test
