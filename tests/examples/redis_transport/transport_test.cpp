// What the conformance suite does not know of Redis.
#include "redis_transport.hpp"
#include "support/own_service.hpp"
#include "support/service_address.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;

struct redis_transport : ::testing::Test {
    explicit redis_transport(const std::string& at = service_address("redis"))
        : options(redis::at(at)), bus(redis::make_transport(options)), out(bus) {
        raw = redisConnect(options.host.c_str(), options.port);
        bus->open({address}, [](const transport_health&) {});
    }
    ~redis_transport() override {
        bus->close();
        redisFree(raw);
    }

    // The answer to a command as text, a number too.
    std::string ask(const std::string& command) {
        auto* const r = static_cast<redisReply*>(redisCommand(raw, command.c_str()));
        std::string text = r->type == REDIS_REPLY_INTEGER ? std::to_string(r->integer)
                           : r->str                       ? std::string(r->str, r->len)
                                                          : "";
        freeReplyObject(r);
        return text;
    }
    // The names of those of the group "g".
    std::vector<std::string> consumers() {
        std::vector<std::string> names;
        auto* const r =
            static_cast<redisReply*>(redisCommand(raw, ("XINFO CONSUMERS " + address + " g").c_str()));
        for (std::size_t i = 0; i < r->elements; ++i) names.emplace_back(r->element[i]->element[1]->str);
        freeReplyObject(r);
        return names;
    }
    // Until Redis answers so.
    void wait_for(const std::string& command, const std::function<bool(const std::string&)>& holds) {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        auto answer = ask(command);
        while (!holds(answer) && std::chrono::steady_clock::now() < give_up) {
            std::this_thread::yield();
            answer = ask(command);
        }
        EXPECT_TRUE(holds(answer)) << command << ": " << answer;
    }
    std::vector<message> many(int count) const {
        std::vector<message> all;
        for (int n = 0; n < count; ++n)
            all.push_back(make_message(address, "saga-" + std::to_string(n % 7), n));
        return all;
    }

    redis::options options;
    std::string address = unique_name("redis");
    std::shared_ptr<transport> bus;
    publisher out;
    redisContext* raw = nullptr;
};

TEST_F(redis_transport, drops_what_every_group_has_acknowledged_and_keeps_what_one_has_not) {
    receiver quick;
    receiver slow(receiver::habit::keep);
    quick.subscribe(*bus, {.address = address, .group = "quick"});
    slow.subscribe(*bus, {.address = address, .group = "slow", .prefetch = 5000});
    out.publish_all(many(3000));
    quick.wait_for(3000);
    const auto came = slow.wait_for(3000);
    EXPECT_EQ(ask("XLEN " + address), "3000");
    for (std::size_t i = 0; i < 3000; ++i)
        if (i != 1000) slow.settle({came[i].tag}, settler::verdict::acknowledge);
    const auto dropped = [](std::size_t least, std::size_t most) {
        return [=](const std::string& n) { return std::stoul(n) >= least && std::stoul(n) <= most; };
    };
    wait_for("XLEN " + address, dropped(2000, 2100)); // Redis drops a hundred at a time
    slow.settle({came[1000].tag}, settler::verdict::acknowledge);
    wait_for("XLEN " + address, dropped(0, 100));
}

TEST_F(redis_transport, forgets_the_consumers_that_are_gone) {
    for (int i = 0; i < 3; ++i) {
        receiver r;
        r.subscribe(*bus, {.address = address, .group = "g"});
        out.publish_all(many(1));
        r.wait_for(1);
        r.leave();
    }
    receiver last;
    last.subscribe(*bus, {.address = address, .group = "g"});
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (consumers().size() != 1 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    EXPECT_EQ(consumers().size(), 1U);
}

TEST_F(redis_transport, each_consumer_of_a_group_has_its_own_prefetch) {
    receiver one(receiver::habit::keep);
    receiver other(receiver::habit::keep);
    one.subscribe(*bus, {.address = address, .group = "g", .prefetch = 2});
    other.subscribe(*bus, {.address = address, .group = "g", .prefetch = 3});
    out.publish_all(many(7));
    one.wait_for(2);
    other.wait_for(3);
    EXPECT_EQ(one.most_unsettled(), 2U);
    EXPECT_EQ(other.most_unsettled(), 3U);
}

TEST_F(redis_transport, what_a_consumer_leaves_goes_to_one_that_was_there_already) {
    receiver leaver(receiver::habit::keep);
    leaver.subscribe(*bus, {.address = address, .group = "g", .prefetch = 3});
    out.publish_all(many(7)); // each of another saga
    leaver.wait_for(3);
    receiver stayer;
    stayer.subscribe(*bus, {.address = address, .group = "g"});
    stayer.wait_for(4);
    leaver.leave();
    EXPECT_EQ(steps_by_saga(stayer.wait_for(7)).size(), 7U);
}

TEST_F(redis_transport, leaves_a_saga_with_the_consumer_that_has_something_of_it) {
    receiver one(receiver::habit::keep);
    one.subscribe(*bus, {.address = address, .group = "g"});
    out.publish_all({make_message(address, "long", 1)});
    const auto held = one.wait_for(1);
    receiver other(receiver::habit::keep);
    other.subscribe(*bus, {.address = address, .group = "g"});
    for (int n = 2; n < 30; ++n) {
        out.publish_all(
            {make_message(address, "long", n), make_message(address, "s" + std::to_string(n), 1)});
    }
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (one.count() + other.count() < 57 && std::chrono::steady_clock::now() < give_up)
        std::this_thread::yield();
    EXPECT_EQ(steps_by_saga(one.wait_for(29)).at("long").size(), 29U);
}

TEST_F(redis_transport, reads_what_a_stranger_wrote) {
    receiver r;
    r.subscribe(*bus, {.address = address, .group = "g"});
    ask("XADD " + address + " * ce-id 7 ce-type chats.open ce-source stranger ce-specversion 1.0 body {}");
    ask("XADD " + address + " * nothing known");
    const auto came = r.wait_for(2);
    EXPECT_EQ(came[0].content.id, "7");
    EXPECT_EQ(came[0].content.type, "chats.open");
    EXPECT_EQ(came[0].content.body, "{}");
    EXPECT_EQ(came[1].content.type, "");
    EXPECT_EQ(came[1].content.body, "");
}

TEST_F(redis_transport, a_key_that_is_no_stream_is_told_and_fails_what_is_published_to_it) {
    ask("SET " + address + " taken");
    gate blocked;
    std::string reason;
    bus->open({address}, [&](const transport_health& h) {
        if (h.now != transport_health::condition::blocked) return;
        reason = h.reason;
        blocked.open();
    });
    bus->consume({.address = address, .group = "g"}, [](const auto&, const auto&) {});
    blocked.wait();
    EXPECT_NE(reason.find("WRONGTYPE"), std::string::npos) << reason;
    EXPECT_EQ(out.wait(out.publish(many(1))), std::vector{published::verdict::failed});
    ask("DEL " + address);
    out.publish_all(many(1));
}

TEST_F(redis_transport, F2_an_owner_that_was_killed_stands_in_the_way_until_its_lease_is_over) {
    ask("SET " + address + ":owner dead PX 300");
    EXPECT_THROW(bus->consume({.address = address, .group = "g"}, [](const auto&, const auto&) {}), error);
    wait_for("EXISTS " + address + ":owner", [](const std::string& n) { return n == "0"; });
    bus->consume({.address = address, .group = "g"}, [](const auto&, const auto&) {});
}

TEST_F(redis_transport, F2_a_reader_whose_lease_another_took_reads_no_more_and_says_so) {
    gate blocked;
    bus->open({address}, [&](const transport_health& h) {
        if (h.now == transport_health::condition::blocked && h.reason.find("bob") != std::string::npos)
            blocked.open();
    });
    receiver r;
    subscription owned{.address = address, .group = "g"};
    owned.sole_owner = "ada";
    r.subscribe(*bus, owned);
    ask("SET " + address + ":owner bob");
    blocked.wait();
    out.publish_all(many(5));
    EXPECT_EQ(r.count(), 0U);
    ask("DEL " + address + ":owner");
    r.wait_for(5);
}

TEST_F(redis_transport, a_wrong_password_is_told) {
    options.password = "wrong";
    const auto other = redis::make_transport(options);
    std::string reason;
    other->open({address}, [&](const transport_health& h) { reason = h.reason; });
    other->close();
    EXPECT_NE(reason.find("AUTH"), std::string::npos) << reason;
    EXPECT_EQ(reason.find("wrong"), std::string::npos) << "the password is a secret";
}

struct own_redis {
    own_service server{"redis"};
};
struct own_redis_transport : own_redis, redis_transport {
    own_redis_transport() : redis_transport(server.address("redis")) {}
};

TEST_F(own_redis_transport, reads_again_what_a_lost_connection_swallowed) {
    receiver r(receiver::habit::keep);
    r.subscribe(*bus, {.address = address, .group = "g", .prefetch = 1});
    out.publish_all(many(2));
    const auto first = r.wait_for(1); // there is no room for the other one
    ask("XREADGROUP GROUP g " + consumers().at(0) + " STREAMS " + address + " >");
    ask("CLIENT KILL TYPE normal");
    r.settle({first[0].tag}, settler::verdict::acknowledge);
    EXPECT_EQ(r.wait_for(2)[1].content.step, "step-1");
}

TEST_F(own_redis_transport, acknowledges_on_the_next_connection_what_it_could_not_on_the_last) {
    receiver r(receiver::habit::keep);
    r.subscribe(*bus, {.address = address, .group = "g", .prefetch = 3}); // so that it waits for these
    out.publish_all(many(3));
    const auto came = r.wait_for(3);
    ask("CLIENT KILL TYPE normal");
    r.settle({came[0].tag, came[1].tag, came[2].tag}, settler::verdict::acknowledge);
    wait_for("EVAL return(redis.call('XPENDING',KEYS[1],'g')[1]) 1 " + address,
             [](const std::string& n) { return n == "0"; });
    EXPECT_EQ(r.count(), 3U);
}

TEST_F(own_redis_transport, what_is_accepted_while_the_server_is_killed_is_there_afterwards) {
    std::atomic<bool> was_down{false};
    bus->open({address}, [&](const transport_health& h) {
        if (h.now != transport_health::condition::up) was_down = true;
    });
    std::thread killing([&] { server.kill9(); });
    std::set<std::string> accepted;
    const auto give_up = std::chrono::steady_clock::now() + patience;
    for (int n = 0; !was_down && std::chrono::steady_clock::now() < give_up; ++n) {
        std::vector<message> batch; // so large that the server goes while some of it is on its way
        for (int s = 0; s < 50; ++s) {
            batch.push_back(make_message(address, "saga-" + std::to_string(s), n));
            batch.back().body = "\"" + std::string(20'000, 'x') + "\"";
        }
        const auto verdicts = out.wait(out.publish(batch));
        for (std::size_t i = 0; i < batch.size(); ++i)
            if (verdicts[i] == published::verdict::accepted) accepted.insert(batch[i].id);
    }
    killing.join();
    server.start();
    receiver r;
    r.subscribe(*bus, {.address = address, .group = "g"});
    for (std::size_t from = 0; !accepted.empty();) {
        const auto came = r.wait_for(from + 1);
        for (; from < came.size(); ++from) accepted.erase(came[from].content.id);
    }
}

TEST(redis_away, takes_subscriptions_fails_what_is_published_and_closes) {
    redis::options nowhere;
    nowhere.port = 1;
    const auto bus = redis::make_transport(nowhere);
    transport_health told;
    bus->open({"a"}, [&](const transport_health& h) { told = h; });
    EXPECT_EQ(told.now, transport_health::condition::down);
    EXPECT_NE(told.reason.find("127.0.0.1:1"), std::string::npos) << told.reason;
    receiver r;
    r.subscribe(*bus, {.address = "a", .group = "g"});
    publisher out(bus);
    const auto first = out.publish({make_message("a", "s", 1)});
    EXPECT_EQ(out.wait(first), std::vector{published::verdict::failed});
    bus->close();
}

TEST(redis_address, is_a_host_and_a_port) {
    EXPECT_EQ(redis::at("example.org:7000").host, "example.org");
    EXPECT_EQ(redis::at("example.org:7000").port, 7000);
    EXPECT_THROW(redis::at("example.org"), error);
    EXPECT_THROW(redis::at("example.org:"), error);
    EXPECT_THROW(redis::at("example.org:70x"), error);
}

} // namespace
} // namespace sagaflow::testing
