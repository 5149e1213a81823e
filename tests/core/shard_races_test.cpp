// What comes while a page of the store is being read.
#include "shard_world.hpp"

#include <algorithm>

namespace sagaflow::core::test {
namespace {

// As after a crash, but the recovery's first read is not answered yet.
void restart_unread(world& w, const plans& hosted) {
    w.forget();
    w.commit.reset();
    w.reads.clear();
    w.unreported.clear();
    w.it = std::make_unique<shard>(w.options, w.store->claim(0, "test"));
    for (const auto& p : hosted) w.it->host(p, w.now);
    w.it->begin_recovery(w.now);
    w.take();
}

// Answers what was asked for by id; pages stay open.
void load(world& w) {
    const auto pages = std::stable_partition(
        w.reads.begin(), w.reads.end(), [](const store_read& r) { return r.kind == store_read::what::load; });
    const std::vector<store_read> loads(w.reads.begin(), pages);
    w.reads.erase(w.reads.begin(), pages);
    for (const auto& r : loads) w.it->loaded(r.ticket, w.store->load(r.ids), w.now);
    w.take();
    if (w.commit) w.make_durable();
}

std::size_t count(const world& w, const std::string& command) {
    const auto ids = w.published_ids();
    return static_cast<std::size_t>(std::count(ids.begin(), ids.end(), command));
}

TEST(shard_races, R16_a_saga_that_a_reply_brings_in_before_the_scan_sends_what_else_it_waits_for) {
    const auto trip = hosting(parallel(a_step("one"), a_step("two")));
    world w(trip);
    w.start("ada");
    w.settle();
    const auto commands = w.published_ids();
    ASSERT_EQ(commands.size(), 2U);
    restart_unread(w, trip);
    w.reply(commands[0]);
    load(w);
    w.settle(); // the page comes now, and the saga is in memory
    EXPECT_EQ(count(w, commands[1]), 1U);
}

TEST(shard_races, R16_a_saga_that_leaves_memory_behind_the_scan_is_found_by_it_again) {
    const auto trip = hosting(a_step("one"), a_step("two"));
    auto options = default_options();
    options.resend_per_second = 10; // a page has one saga
    world w(trip, options);
    for (const auto* id : {"ada", "bob", "cid"}) w.start(id);
    w.settle();
    const auto first_of_ada = w.published_ids()[0];
    w.options.limits.hot_sagas = 1;
    w.options.limits.unaccepted_publishes = 1;
    restart_unread(w, trip);
    w.read(); // the page with ada, whose command leaves
    w.accept();
    w.now += 100ms;
    w.it->tick(w.now);
    w.take();
    ASSERT_EQ(w.reads.size(), 1U); // the page with bob is on its way
    w.start("dan");
    load(w);
    ASSERT_EQ(w.it->figures().unaccepted, 1U); // dan's command fills the window
    w.reply(first_of_ada);
    load(w);
    EXPECT_EQ(w.it->figures().unsent, 0U); // ada waited for the window and was put out of memory
    w.forget();
    w.settle();
    w.wait(5s);
    const auto steps = [&](const std::string& step) {
        return std::count_if(w.published.begin(), w.published.end(),
                             [&](const message& m) { return m.saga_id == "ada" && m.step == step; });
    };
    EXPECT_EQ(steps("two"), 1);
}

TEST(shard_races, R20_a_timer_that_was_stored_anew_outlives_the_page_that_still_shows_the_old_one) {
    auto options = default_options();
    options.limits.hot_sagas = 0;
    world w(hosting(a_step("one")), options);
    w.start("ada");
    w.settle();
    w.forget();
    w.now += 15s;
    w.it->tick(w.now);
    w.take();
    ASSERT_FALSE(w.reads.empty());    // the due timers are being read
    w.operate("ada", verb::retry, 7); // brings it in, changes nothing, and it leaves again with its timer
    load(w);
    ASSERT_TRUE(w.answer<failure>(7));
    EXPECT_EQ(w.it->figures().hot, 0U);
    w.settle();
    w.wait(3s);
    ASSERT_EQ(w.published.size(), 1U);
    EXPECT_EQ(w.published[0].attempt, 2U);
}

} // namespace
} // namespace sagaflow::core::test
