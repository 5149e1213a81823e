// What the transport does with a RabbitMQ, beyond the conformance suite.
#include "stranger.hpp"
#include "support/amqp_broker.hpp"
#include "support/health_log.hpp"
#include "support/publish_one.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <fstream>
#include <future>
#include <iterator>
#include <stop_token>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

class amqp : public ::testing::Test {
  protected:
    std::string stranger_(const std::vector<std::string>& words) { return stranger(broker, words); }
    std::shared_ptr<transport> connect(sagaflow::amqp::transport_options o = amqp_options()) {
        auto t = sagaflow::amqp::make_transport(std::move(o));
        t->open({address}, [](const transport_health&) {});
        return t;
    }
    // Again and again, until a queue takes it; what was said last.
    static published::verdict publish_until_accepted(transport& by, const message& m) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        published::verdict how{};
        do {
            how = publish_one(by, m).result;
        } while (how != published::verdict::accepted && std::chrono::steady_clock::now() < deadline);
        return how;
    }
    subscription group(const std::string& name) const { return {.address = address, .group = name}; }
    std::string broker = service_address("amqp");
    std::string address = unique_name("amqp");
};

TEST_F(amqp, a_start_with_the_broker_there_is_told_as_up_and_as_nothing_before) {
    const auto bus = sagaflow::amqp::make_transport(amqp_options());
    health_log health;
    bus->open({address}, health.handler());
    const auto told = health.told();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].now, transport_health::condition::up);
    bus->close();
}

TEST_F(amqp, what_no_group_takes_has_failed_with_the_reason) {
    const auto bus = connect();
    const auto before = publish_one(*bus, make_message(address, "a", 1));
    EXPECT_EQ(before.result, published::verdict::failed);
    EXPECT_EQ(before.reason, "no group at the address '" + address +
                                 "' takes the type 'chats.open' (NO_ROUTE): start the service that does");
    receiver r;
    auto what = group("g");
    what.types = {"chats.close"};
    r.subscribe(*bus, what);
    EXPECT_EQ(publish_one(*bus, make_message(address, "a", 1)).result, published::verdict::failed);
    EXPECT_EQ(publish_one(*bus, make_message(address, "a", 1, "chats.close")).result,
              published::verdict::accepted);
    bus->close();
}

TEST_F(amqp, what_goes_where_nothing_can_be_made_does_not_hold_up_what_is_behind_it) {
    auto o = amqp_options();
    o.heartbeat = std::chrono::hours(1); // nothing else wakes it
    const auto bus = sagaflow::amqp::make_transport(o);
    receiver r;
    r.subscribe(*bus, group("g"));
    publisher out(bus);
    const auto verdicts =
        out.wait(out.publish({make_message("amq.reserved", "a", 1), make_message(address, "a", 2)}));
    EXPECT_EQ(verdicts, (std::vector{published::verdict::failed, published::verdict::accepted}));
    bus->close();
}

TEST_F(amqp, a_status_event_may_have_nobody_who_takes_it) {
    const auto bus = connect();
    auto m = make_message(address, "a", 1, "trip.status");
    m.kind = message_kind::status;
    EXPECT_EQ(publish_one(*bus, m).result, published::verdict::accepted);
    bus->close();
}

TEST_F(amqp, what_a_full_queue_does_not_take_has_failed) {
    const auto bus = connect();
    stranger_(
        {"bind", address + ".full", address, "#", R"({"x-max-length":1,"x-overflow":"reject-publish"})"});
    EXPECT_EQ(publish_one(*bus, make_message(address, "a", 1)).result, published::verdict::accepted);
    const auto too_much = publish_one(*bus, make_message(address, "a", 2));
    EXPECT_EQ(too_much.result, published::verdict::failed);
    EXPECT_EQ(too_much.reason, "RabbitMQ could not take it: see the broker's log");
    publisher out(bus);
    const std::vector many(500, make_message(address, "a", 3)); // nacked many at a time
    for (const auto v : out.wait(out.publish(many))) EXPECT_EQ(v, published::verdict::failed);
    bus->close();
}

TEST_F(amqp, a_message_over_the_limit_is_a_dead_letter_whole) {
    auto o = amqp_options();
    o.message_bytes = 1000;
    const auto bus = connect(o);
    receiver r;
    r.subscribe(*bus, group("g"));
    const std::string body = "\"" + std::string(1000, 'x') + "\"";
    stranger_({"publish", address, "chats.open", body});
    EXPECT_NE(stranger_({"get", address + ".dead"}).find(std::string(1000, 'x')), std::string::npos);
    publisher(bus).publish_all({make_message(address, "after", 1)});
    EXPECT_EQ(r.wait_for(1)[0].content.saga_id, "after");
    bus->close();
}

TEST_F(amqp, what_ends_whoever_handles_it_is_a_dead_letter_after_so_many_times) {
    auto o = amqp_options();
    o.delivery_limit = 2;
    {
        const auto bus = connect(o);
        receiver r(receiver::habit::keep);
        r.subscribe(*bus, group("g"));
        publisher(bus).publish_all({make_message(address, "poison", 1)});
        r.wait_for(1);
        bus->close();
    }
    for (int again = 0; again < 2; ++again) {
        const auto bus = connect(o);
        receiver r(receiver::habit::keep);
        r.subscribe(*bus, group("g"));
        r.wait_for(1);
        bus->close();
    }
    EXPECT_NE(stranger_({"get", address + ".dead"}).find("delivery_limit"), std::string::npos);
}

TEST_F(amqp, what_a_stranger_sends_without_headers_comes_as_it_is) {
    const auto bus = connect();
    receiver r;
    r.subscribe(*bus, group("g"));
    EXPECT_EQ(stranger_({"publish", address, "anything", "not JSON"}), "ok");
    const auto came = r.wait_for(1)[0].content;
    EXPECT_EQ(came.body, "not JSON");
    EXPECT_EQ(came.address, address);
    bus->close();
}

// As another client of the broker reads it: golden/command.json.
TEST_F(amqp, a_stranger_can_read_a_command) {
    const auto bus = connect();
    stranger_({"bind", address + ".stranger", address, "chats.*"});
    auto m = make_message(address, "saga/with~marks \u00e9", 1);
    m.attempt = 7;
    m.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    publisher(bus).publish_all({m});
    auto seen = stranger_({"get", address + ".stranger"});
    for (auto at = seen.find(address); at != std::string::npos; at = seen.find(address))
        seen.replace(at, address.size(), "chats");
    std::ifstream file(GOLDEN "/command.json");
    const std::string golden((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(seen + "\n", golden);
    bus->close();
}

TEST_F(amqp, a_plain_service_answers_by_the_default_exchange_and_the_correlation_id_alone) {
    const auto bus = connect();
    receiver replies;
    auto what = group("engine");
    what.sole_owner = "the engine 'ada'";
    replies.subscribe(*bus, what);
    const auto commands = unique_name("commands");
    bus->open({commands}, [](const transport_health&) {});
    stranger_({"bind", commands, commands, "#"});
    auto command = make_message(commands, "ada", 1);
    command.reply_to = address;
    publisher(bus).publish_all({command});
    stranger_({"answer", commands});
    const auto came = replies.wait_for(1)[0].content;
    EXPECT_EQ(came.causation_id, command.id);
    EXPECT_EQ(came.body, "{\"room_id\":\"42\"}");
    EXPECT_EQ(came.kind, message_kind::reply);
    bus->close();
}

TEST_F(amqp, a_queue_that_is_deleted_under_a_consumer_is_made_again) {
    const auto bus = connect();
    receiver r;
    r.subscribe(*bus, group("g"));
    publisher out(bus);
    out.publish_all({make_message(address, "a", 1)});
    r.wait_for(1);
    stranger_({"delete-queue", address + ".g"});
    out.publish_all({make_message(address, "a", 2)});
    EXPECT_EQ(r.wait_for(2)[1].content.step, "step-2");
    bus->close();
}

TEST_F(amqp, an_exchange_that_is_deleted_is_made_again) {
    const auto bus = connect();
    receiver r;
    r.subscribe(*bus, group("g"));
    publisher out(bus);
    out.publish_all({make_message(address, "a", 1)});
    stranger_({"delete-exchange", address});
    out.wait(out.publish({make_message(address, "a", 2)})); // the broker closes the channel
    EXPECT_EQ(publish_one(*bus, make_message(address, "a", 3)).reason,
              "no group at the address '" + address +
                  "' takes the type 'chats.open' (NO_ROUTE): start the service that does");
    bus->close();
}

TEST_F(amqp, a_binding_that_is_gone_with_its_exchange_is_made_again) {
    auto o = amqp_options();
    o.heartbeat = std::chrono::seconds(1);
    const auto bus = connect(std::move(o));
    receiver r;
    r.subscribe(*bus, group("g"));
    stranger_({"delete-exchange", address});
    EXPECT_EQ(publish_until_accepted(*bus, make_message(address, "a", 1)), published::verdict::accepted);
    r.wait_for(1);
    bus->close();
}

TEST_F(amqp, a_dead_letter_of_a_participant_is_kept_for_who_looks) {
    const auto bus = connect();
    auto dead = make_message(address + ".dead", "a", 1);
    dead.reason = "nobody here handles it";
    EXPECT_EQ(publish_one(*bus, dead).result, published::verdict::accepted);
    EXPECT_NE(stranger_({"get", address + ".dead"}).find("nobody here handles it"), std::string::npos);
    bus->close();
}

TEST_F(amqp, verify_makes_nothing_and_names_what_is_missing) {
    auto o = amqp_options();
    o.topology = sagaflow::topology::verify;
    const auto bus = sagaflow::amqp::make_transport(o);
    const auto refused = [](const auto& call) -> std::string {
        try {
            call();
        } catch (const error& e) {
            EXPECT_EQ(e.code(), errc::not_found);
            return e.what();
        }
        return "nothing was missing";
    };
    const auto open = [&] { bus->open({address}, [](const transport_health&) {}); };
    const auto consume = [&] { bus->consume(group("g"), [](const auto&, const auto&) {}); };
    EXPECT_NE(refused(open).find("the exchange '" + address + "' is not there"), std::string::npos);
    EXPECT_NE(refused(consume).find("the exchange '" + address + "' is not there"), std::string::npos);
    const auto maker = connect();
    open();
    EXPECT_NE(refused(consume).find("the queue '" + address + ".g' is not there"), std::string::npos);
    maker->consume(group("g"), [](const auto&, const auto&) {});
    consume();
    bus->close();
    maker->close();
}

TEST_F(amqp, consume_pauses_after_it_made_a_queue_until_its_consumer_or_the_transport_is_stopped) {
    auto o = amqp_options();
    o.new_queue_pause = 2 * patience;
    const auto bus = connect(o);
    const auto quick = connect();
    for (const bool by_token : {true, false}) {
        const auto name = by_token ? "first" : "second";
        std::stop_source stop;
        auto what = group(name);
        what.types = {name};
        what.stop = stop.get_token();
        auto paused =
            std::async(std::launch::async, [&] { bus->consume(what, [](const auto&, const auto&) {}); });
        EXPECT_EQ(publish_until_accepted(*quick, make_message(address, "a", 1, name)),
                  published::verdict::accepted);
        EXPECT_EQ(paused.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
        by_token ? static_cast<void>(stop.request_stop()) : bus->close();
        EXPECT_EQ(paused.wait_for(patience), std::future_status::ready);
    }
    const auto later = connect(o);
    auto what = group("first"); // which is there
    what.types = {"first"};
    const auto at_once =
        std::async(std::launch::async, [&] { later->consume(what, [](const auto&, const auto&) {}); });
    EXPECT_EQ(at_once.wait_for(patience), std::future_status::ready);
    later->close();
    quick->close();
}

TEST_F(amqp, a_queue_that_was_made_otherwise_is_an_error_that_says_what_to_do) {
    const auto quorum = [&](const std::string& dead_letters) {
        return R"({"x-queue-type":"quorum","x-dead-letter-exchange":")" + dead_letters +
               R"(","x-dead-letter-strategy":"at-least-once","x-overflow":"reject-publish",)" +
               R"("x-delivery-limit":)" + std::to_string(amqp_options().delivery_limit) + "}";
    };
    const auto bus = connect();
    stranger_({"bind", address + ".plain", address, "#"});
    stranger_({"bind", address + ".elsewhere", address, "#", quorum("somewhere-else")});
    for (const std::string name : {"plain", "elsewhere"}) {
        try {
            bus->consume(group(name), [](const auto&, const auto&) {});
            ADD_FAILURE() << "it was taken";
        } catch (const error& e) {
            EXPECT_EQ(e.code(), errc::invalid_argument);
            EXPECT_NE(std::string(e.what()).find("the queue '" + address + "." + name +
                                                 "' is there already, but made otherwise"),
                      std::string::npos)
                << e.what();
        }
    }
    stranger_({"bind", address + ".alike", address, "#", quorum(address + ".dead")});
    bus->consume(group("alike"), [](const auto&, const auto&) {});
    bus->close();
}

TEST_F(amqp, F2_another_connection_of_the_same_owner_waits_until_the_first_is_gone) {
    const auto owned = [&] {
        auto what = group("engine");
        what.sole_owner = "the engine 'ada'";
        return what;
    };
    const auto first = connect();
    first->consume(owned(), [](const auto&, const auto&) {});
    const auto second = sagaflow::amqp::make_transport(amqp_options());
    gate waits;
    gate up;
    second->open({address}, [&](const transport_health& h) {
        if (h.reason.find("still held by an earlier connection of the engine 'ada'") != std::string::npos)
            waits.open();
        if (h.now == transport_health::condition::up) up.open();
    });
    receiver r;
    r.subscribe(*second, owned());
    waits.wait();
    first->close();
    up.wait();
    publisher(second).publish_all({make_message(address, "a", 1)});
    EXPECT_EQ(r.wait_for(1).size(), 1U);
    second->close();
}

TEST_F(amqp, may_be_released_last_by_what_is_told_of_a_publish) {
    auto bus = connect();
    gate told;
    bus->publish({make_message(address, "a", 1)},
                 [&, held = std::make_shared<std::shared_ptr<transport>>(bus)](const auto&) {
                     held->reset();
                     told.open();
                 });
    bus.reset();
    told.wait();
}

} // namespace
} // namespace sagaflow::testing
