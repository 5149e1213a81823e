// Definitions over what is stored (R15), and what the engine tells of itself.
#include "support/bench.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

std::optional<message> always(const message& command) {
    return success(command);
}

saga<trip> changed_walk(int version) {
    return {.name = "walk", .version = version, .stages = stages(booking("boots"))};
}

// The text of what it throws; empty: nothing.
std::string why_not_hosted(engine& e, const saga<trip>& definition, errc expected) {
    try {
        e.host(definition);
        return {};
    } catch (const error& why) {
        EXPECT_EQ(why.code(), expected) << why.what();
        return why.what();
    }
}

TEST(EngineHosting, F2_refuses_a_reply_address_that_another_engine_owns_and_names_it) {
    bench b;
    b.run();
    auto options = b.options();
    options.store = memory::make_store(); // its own store, the same address
    engine second(std::move(options));
    second.host(a_walk());
    try {
        second.start();
        FAIL() << "it started";
    } catch (const error& why) {
        EXPECT_EQ(why.code(), errc::in_use);
        EXPECT_NE(std::string(why.what()).find("engine '"), std::string::npos) << why.what();
    }
}

TEST(EngineHosting, R15_refuses_a_definition_that_changed_under_unfinished_sagas) {
    bench b;
    b.run();
    b.walks->start("1", {"ada"}).value();
    b.sagas.reset();
    engine next(b.options());
    const auto why = why_not_hosted(next, changed_walk(1), errc::definition_changed);
    EXPECT_NE(why.find("shoes"), std::string::npos) << why;
    EXPECT_NE(why.find("boots"), std::string::npos) << why;
    EXPECT_NE(why.find("walk"), std::string::npos) << why;
}

TEST(EngineHosting, R15_accepts_the_changed_definition_once_its_sagas_have_ended_or_as_a_new_version) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    b.walks->start("1", {"ada"}).value();
    EXPECT_EQ(follow(*b.sagas, "1").back().kind, event_kind::completed);
    b.sagas.reset();
    engine next(b.options());
    EXPECT_EQ(why_not_hosted(next, changed_walk(1), errc::definition_changed), "");
    EXPECT_EQ(why_not_hosted(next, changed_walk(2), errc::definition_changed), "");
}

TEST(EngineHosting, R15_says_which_stored_state_it_can_not_decode) {
    bench b;
    b.run();
    b.walks->start("saga-of-ada", {"ada"}).value();
    b.sagas.reset();
    auto p = std::make_shared<plan>(*make_plan(a_walk()));
    p->decode = [](std::string_view) -> state_ptr { throw error(errc::invalid_argument, "/age: missing"); };
    engine next(b.options());
    try {
        next.host(std::shared_ptr<const plan>(p));
        FAIL() << "it was hosted";
    } catch (const error& why) {
        EXPECT_EQ(why.code(), errc::invalid_argument);
        EXPECT_NE(std::string(why.what()).find("saga-of-ada"), std::string::npos) << why.what();
        EXPECT_NE(std::string(why.what()).find("/age"), std::string::npos) << why.what();
    }
}

TEST(EngineHosting, refuses_to_host_a_version_twice) {
    bench b;
    b.run();
    EXPECT_NE(why_not_hosted(*b.sagas, a_walk(), errc::invalid_argument), "");
}

TEST(EngineHosting, R15_versions_live_side_by_side) {
    bench b;
    b.run();
    b.walks->start("old", {"ada"}).value();
    auto second = b.sagas->host(changed_walk(2));
    second.start("new", {"ada"}).value();
    const desk d(b.bus, always);
    follow(*b.sagas, "old");
    follow(*b.sagas, "new");
    EXPECT_EQ(b.sagas->find("old").value().version, 1);
    EXPECT_EQ(b.sagas->find("new").value().version, 2);
}

TEST(EngineReports, finds_and_lists_sagas_in_the_order_of_their_birth) {
    bench b;
    b.run();
    for (const auto* id : {"c", "a", "b"}) b.walks->start(id, {"ada"}).value();
    b.trips->start("d", {"ada"}).value();
    const auto page = b.sagas->list({.limit = 2}).value();
    ASSERT_EQ(page.sagas.size(), 2U);
    EXPECT_EQ(page.sagas[0].id, "c");
    EXPECT_EQ(page.sagas[1].id, "a");
    const auto rest = b.sagas->list({.limit = 2}, page.next).value();
    ASSERT_EQ(rest.sagas.size(), 2U);
    EXPECT_EQ(rest.sagas[1].id, "d");
    EXPECT_EQ(b.sagas->list({.saga_type = "trip"}).value().sagas.size(), 1U);
    EXPECT_TRUE(b.sagas->list({.state = saga_state::suspended}).value().sagas.empty());
    EXPECT_EQ(b.sagas->list({.limit = 0}).error().code, errc::invalid_argument);
    EXPECT_EQ(b.sagas->list({.limit = 1001}).error().code, errc::invalid_argument);
    EXPECT_EQ(b.sagas->find("a").value().steps.size(), 1U);
    EXPECT_EQ(b.sagas->find("x").error().code, errc::not_found);
}

TEST(EngineReports, says_that_the_store_can_not_be_read) {
    bench b;
    b.run();
    b.disk->fail_reads(transient_error());
    EXPECT_EQ(b.sagas->find("a").error().code, errc::unavailable);
    EXPECT_EQ(b.sagas->list().error().code, errc::unavailable);
}

TEST(EngineReports, is_ready_between_start_and_stop) {
    bench b;
    engine e(b.options());
    EXPECT_FALSE(e.health().ready);
    e.start();
    EXPECT_TRUE(e.health().ready);
    e.stop();
    EXPECT_FALSE(e.health().ready);
    EXPECT_EQ(reason_of(e.health(), "engine"), "the engine was stopped");
}

// A transport whose broker comes and goes by command.
class moody_transport final : public transport {
  public:
    void open(std::vector<std::string> addresses, health_handler on_health) override {
        opened.insert(addresses.begin(), addresses.end());
        health = std::move(on_health);
        health({});
    }
    void publish(std::vector<message> batch, publish_handler done) override {
        std::vector<published> all(batch.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i].index = i;
        done(all);
    }
    void consume(subscription what, delivery_handler handler) override {
        consumed = what;
        deliver = std::move(handler);
    }
    void close() override {}

    std::set<std::string> opened;
    health_handler health;
    subscription consumed;
    delivery_handler deliver;
};

TEST(EngineReports, is_not_ready_while_a_transport_is_down) {
    bench b;
    const auto bus = std::make_shared<moody_transport>();
    auto options = b.options();
    options.transports = {bus};
    b.run(options);
    EXPECT_EQ(bus->opened, (std::set<std::string>{"desk", "travel.replies", "travel.replies.dead"}));
    EXPECT_EQ(bus->consumed.address, "travel.replies");
    EXPECT_EQ(bus->consumed.group, "travel");
    EXPECT_EQ(bus->consumed.prefetch, options.limits.queued_replies);
    bus->health({transport_health::condition::down, "no route to host"});
    EXPECT_FALSE(b.sagas->health().ready);
    EXPECT_EQ(reason_of(b.sagas->health(), "transport 0"), "no route to host");
    bus->health({});
    EXPECT_TRUE(b.sagas->health().ready);
    EXPECT_TRUE(b.lines->has("no route to host"));
    b.sagas.reset();
    bus->health({transport_health::condition::down, "later"}); // whoever keeps the handler may call it
    delivery late;
    late.content.kind = message_kind::reply;
    bus->deliver({late}, nullptr);
}

TEST(EngineReports, R20_every_queue_has_its_length_and_its_bound) {
    bench b;
    b.run();
    for (const auto* queue :
         {"pending_starts", "callers", "unaccepted_publishes", "unsettled_replies", "watchers"}) {
        EXPECT_EQ(value_of(*b.sagas, "sagaflow_queue_length", queue), 0);
        EXPECT_GT(value_of(*b.sagas, "sagaflow_queue_bound", queue), 0);
    }
}

TEST(EngineReports, counts_what_happens) {
    bench b;
    b.run();
    const desk d(b.bus, always);
    b.trips->start("t1", {"ada"}).value();
    follow(*b.sagas, "t1");
    EXPECT_TRUE(b.sagas->stop());
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_sagas_started_total"), 1);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_sagas_finished_total", "completed"), 1);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_replies_total"), 3);
    EXPECT_GE(value_of(*b.sagas, "sagaflow_commits_total"), 4);
    EXPECT_GT(value_of(*b.sagas, "sagaflow_commit_seconds_total"), 0);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_ready"), 0);
}

TEST(EngineReports, counts_the_compensations_that_it_sends) {
    bench b;
    b.run();
    const desk d(b.bus, [](const message& c) -> std::optional<message> {
        if (c.step == "car" && c.kind == message_kind::command) return rejection_of(c, "none-left");
        return success(c);
    });
    b.trips->start("t1", {"ada"}).value();
    follow(*b.sagas, "t1");
    EXPECT_TRUE(b.sagas->stop());
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_compensations_sent_total"), 2);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_commands_sent_total"), 5);
    EXPECT_EQ(value_of(*b.sagas, "sagaflow_sagas_finished_total", "compensated"), 1);
}

TEST(EngineReports, raises_an_alert_for_a_saga_that_needs_somebody_and_logs_it) {
    bench b;
    auto options = b.options();
    b.sagas = std::make_unique<engine>(options);
    const retriable<trip, book> ring = {
        .name = "ring", .send = [](const trip& t) { return book{t.traveller}; }, .timeout = 1h};
    auto calls = b.sagas->host(saga<trip>{.name = "call", .version = 1, .stages = stages(ring)});
    b.sagas->start();
    const desk d(b.bus, [](const message& c) { return rejection_of(c, "no-line"); });
    calls.start("c1", {"ada"}).value();
    const auto a = b.alerts->take();
    EXPECT_EQ(a.saga_id, "c1");
    EXPECT_EQ(a.saga_type, "call");
    EXPECT_NE(a.reason.find("no-line"), std::string::npos) << a.reason;
    EXPECT_TRUE(b.lines->has("warn: alert saga_id=c1"));
    EXPECT_TRUE(b.lines->has("a saga is suspended saga_id=c1"));
}

} // namespace
} // namespace sagaflow::test
