// Topics that are not there, or no longer.
#include "kafka/publisher.hpp"
#include "support/service_address.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

// Deletes it as an operator would, with a client of its own; returns when the broker has done it.
void delete_topic(const std::string& name) {
    const kafka::transport_options options{.hosts = {service_address("kafka")}};
    transports::wakeup wake;
    kafka::reaper ending;
    kafka::publisher other(options, wire::make_cloudevents({.prefix = "ce_"}), wake,
                           std::make_shared<kafka::trouble>([] {}), ending);
    const auto c = other.connection();
    const kafka::queue_handle answers(rd_kafka_queue_new(c->get()));
    auto* one = rd_kafka_DeleteTopic_new(name.c_str());
    rd_kafka_DeleteTopics(c->get(), &one, 1, nullptr, answers.get());
    rd_kafka_DeleteTopic_destroy(one);
    const kafka::event_handle answer(rd_kafka_queue_poll(answers.get(), 30'000));
    if (!answer || rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error("the topic was not deleted");
    other.close();
}

struct kafka_topics : ::testing::Test {
    std::shared_ptr<transport> connect(topology how, health_handler told) {
        auto bus =
            kafka::make_transport({.hosts = {service_address("kafka")}, .topology = how, .partitions = 2});
        bus->open({topic}, std::move(told));
        return bus;
    }
    health_handler note() {
        return [this](const transport_health& h) {
            const std::lock_guard lock(mutex);
            last = h;
            changed.notify_all();
        };
    }
    // The reason of the first that is so, from now on.
    std::string wait_for(transport_health::condition c) {
        std::unique_lock lock(mutex);
        if (!changed.wait_for(lock, patience, [&] { return last.now == c; }))
            throw std::runtime_error("health was never so; last: " + last.reason);
        return last.reason;
    }

    std::string topic = unique_name("topic");
    std::mutex mutex;
    std::condition_variable changed;
    transport_health last;
};

TEST_F(kafka_topics, one_that_is_deleted_under_its_consumer_is_made_again_and_health_says_so) {
    const auto bus = connect(topology::create, note());
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g"});
    publisher out(bus);
    out.publish_all({make_message(topic, "ada", 1)});
    r.wait_for(1);
    delete_topic(topic);
    // Its consumer is still where it was in the old one: what is before that in the new one it never gets.
    const auto give_up = std::chrono::steady_clock::now() + patience;
    for (int n = 2; r.count() < 2 && std::chrono::steady_clock::now() < give_up; ++n) {
        out.publish_all({make_message(topic, "ada", n)});
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_GE(r.count(), 2u);
    wait_for(transport_health::condition::up);
    bus->close();
}

TEST_F(kafka_topics, one_that_is_missing_is_told_also_by_who_does_not_look_at_topics) {
    const auto bus = connect(topology::none, note());
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g"});
    EXPECT_EQ(wait_for(transport_health::condition::down), "the topic '" + topic + "' is not there: make it");
    const auto maker = connect(topology::create, {});
    wait_for(transport_health::condition::up);
    maker->close();
    bus->close();
}

} // namespace
} // namespace sagaflow::testing
