// Brokers that die, or say nothing any more, while messages are on their way.
#include "kafka/owners.hpp"
#include "kafka/publisher.hpp"
#include "kafka/topology.hpp"
#include "support/health_log.hpp"
#include "support/line_log.hpp"
#include "support/load.hpp"
#include "support/own_service.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;
using condition = transport_health::condition;
using clock = std::chrono::steady_clock;

struct under_load {
    explicit under_load(kafka::transport_options o) : bus(kafka::make_transport(std::move(o))) {
        bus->open({topic}, health.handler());
        r.subscribe(*bus, {.address = topic, .group = "g"});
        messages = std::make_unique<load>(bus, topic);
        r.wait_for(100);
        health.wait_for(condition::up);
    }
    ~under_load() { bus->close(); }

    std::string topic = unique_name("faults");
    health_log health;
    receiver r;
    std::shared_ptr<transport> bus;
    std::unique_ptr<load> messages;
};

// The id of the node that leads the topic's first partition.
int leader_of(const std::string& topic, const std::string& broker) {
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", broker.c_str(), nullptr, 0);
    const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(
        rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0), rd_kafka_destroy);
    const std::unique_ptr<rd_kafka_topic_t, void (*)(rd_kafka_topic_t*)> asked(
        rd_kafka_topic_new(client.get(), topic.c_str(), nullptr), rd_kafka_topic_destroy);
    const rd_kafka_metadata_t* found = nullptr;
    if (rd_kafka_metadata(client.get(), 0, asked.get(), &found, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error("no metadata of " + topic);
    const int leader = found->topics[0].partitions[0].leader;
    rd_kafka_metadata_destroy(found);
    return leader;
}

TEST(kafka_faults, loses_nothing_when_the_leader_of_three_brokers_is_killed_under_load_and_comes_back) {
    own_service brokers("kafka3");
    under_load t({.hosts = {brokers.address("kafka-1"), brokers.address("kafka-2")}, .partitions = 1});
    const auto leader = leader_of(t.topic, brokers.address("kafka-1"));
    brokers.kill9("kafka3-" + std::to_string(leader));
    const auto before = t.r.count();
    t.r.wait_for(before + 100); // by another leader
    brokers.start("kafka3-" + std::to_string(leader));
    t.messages->expect_all_at(t.r);
}

// The dead one stays in the memory of a client that knew it.
TEST(kafka_faults, F2_who_owns_an_address_is_known_while_one_of_three_brokers_is_dead) {
    own_service brokers("kafka3");
    const kafka::transport_options options{.hosts = {brokers.address("kafka-1"), brokers.address("kafka-2")}};
    const auto topic = unique_name("faults");
    transports::wakeup wake;
    kafka::reaper ending;
    kafka::publisher asks(options, wire::make_cloudevents({.prefix = "ce_"}), wake,
                          std::make_shared<kafka::trouble>([] {}), ending);
    const auto by = asks.connection();
    const auto soon = [] { return clock::now() + 4s; };
    ASSERT_EQ(kafka::ensure(*by, options, {topic}, clock::now() + patience).is,
              kafka::topic_answer::what::usable);
    brokers.kill9("kafka3-3");
    const auto bus = kafka::make_transport(options);
    bus->consume({.address = topic, .group = "g", .sole_owner = "ada"}, [](auto, const auto&) {});
    kafka::owner_answer answer;
    for (const auto give_up = clock::now() + patience; !answer.owner && clock::now() < give_up;)
        answer = kafka::find_other_owner(*by, {.address = topic, .group = "h", .sole_owner = "bob"}, soon());
    ASSERT_TRUE(answer.owner) << answer.why;
    EXPECT_EQ(answer.owner->substr(0, 4), "ada ") << *answer.owner;
    bus->close();
}

TEST(kafka_faults, loses_nothing_when_the_broker_is_killed_under_load_and_comes_back) {
    own_service broker("kafka");
    line_log log;
    under_load t({.hosts = {broker.address("kafka")}, .publish_timeout = 10s, .log = &log});
    const auto before = t.health.told().size();
    broker.kill9();
    const auto since = clock::now();
    t.health.wait_for(condition::down);
    stay_away(since);
    broker.start(); // which takes some seconds, and so many attempts
    t.health.wait_for(condition::up);
    const auto told = t.health.told();
    EXPECT_EQ(told.at(before).now, condition::down);
    EXPECT_EQ(told.at(before).reason.find("(after"), std::string::npos) << told.at(before).reason;
    EXPECT_EQ(told.at(before + 1).now, condition::up) << "down is told once: " << told.at(before + 1).reason;
    EXPECT_LE(log.above_debug().size(), 2U) << ::testing::PrintToString(log.above_debug());
    t.messages->expect_all_at(t.r);
}

// As behind a link that swallows everything.
TEST(kafka_faults, tells_within_ten_seconds_that_the_broker_is_silent_and_goes_on_when_it_speaks_again) {
    own_service broker("kafka");
    under_load t({.hosts = {broker.address("kafka")}, .publish_timeout = 10s});
    broker.pause();
    const auto since = clock::now();
    t.health.wait_for(condition::down);
    EXPECT_LT(clock::now() - since, 10s);
    stay_away(since);
    broker.resume();
    t.health.wait_for(condition::up);
    t.messages->expect_all_at(t.r);
}

TEST(kafka_faults, tells_within_ten_seconds_that_the_broker_is_silent_also_when_nothing_is_published) {
    own_service broker("kafka");
    const auto bus = kafka::make_transport({.hosts = {broker.address("kafka")}});
    health_log health;
    bus->open({unique_name("silent")}, health.handler());
    health.wait_for(condition::up);
    broker.pause();
    const auto since = clock::now();
    health.wait_for(condition::down);
    EXPECT_LT(clock::now() - since, 10s);
    broker.resume();
    health.wait_for(condition::up);
    bus->close();
}

} // namespace
} // namespace sagaflow::testing
