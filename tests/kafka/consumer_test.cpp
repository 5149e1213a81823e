// A member of a group by itself, with nobody to take what it gets.
#include "kafka/consumer.hpp"

#include "serving.hpp"
#include "support/service_address.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

namespace sagaflow::kafka {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

struct kafka_consumer : ::testing::Test {
    ~kafka_consumer() override {
        if (!member) return;
        member->stop();
        serve_until([&] { return member->gone(); });
    }

    void subscribe() {
        consumer::listener listens;
        listens.condition = [this](const std::string& how) {
            condition = how;
            ++told;
        };
        listens.missing = [] {};
        member = std::make_unique<consumer>(options, wire::make_cloudevents({.prefix = "ce_"}),
                                            subscription{.address = topic, .group = "g"}, wake, t, ending,
                                            listens);
        member->join();
        member->start();
    }
    template <class Condition>
    bool serve_until(Condition holds) {
        return kafka::serve_until(*member, wake, holds);
    }

    transport_options options;
    std::string topic = testing::unique_name("consumer");
    transports::wakeup wake;
    reaper ending;
    std::shared_ptr<trouble> t = std::make_shared<trouble>([] {});
    std::string condition;
    int told = 0; // conditions
    std::unique_ptr<consumer> member;
};

// A topic of one partition with more than anybody takes at once.
struct kafka_full_topic : kafka_consumer {
    void SetUp() override {
        options = {.hosts = {testing::service_address("kafka")}, .partitions = 1};
        const auto bus = make_transport(options);
        bus->open({topic}, [](const transport_health&) {});
        testing::publisher out(bus);
        for (std::size_t n = 0; n < 60'000; n += 10'000) {
            std::vector<message> batch;
            for (int i = 0; i < 10'000; ++i) batch.push_back(testing::make_message(topic, "ada", i));
            out.publish_all(std::move(batch));
        }
        bus->close();
    }
    // How many wait when no more come.
    std::size_t fill() {
        subscribe();
        EXPECT_TRUE(serve_until([&] { return member->local()->waiting() > 0; }));
        for (int idle = 0; idle < 20; ++idle) {
            const auto next = member->serve();
            if (next == 0ms) idle = 0;
            wake.wait(next);
        }
        return member->local()->waiting();
    }
};

TEST_F(kafka_full_topic, gives_no_more_than_may_wait) {
    options.waiting = 1'000;
    const auto filled = fill();
    EXPECT_GE(filled, 1'000U);
    EXPECT_LT(filled, 2'000U);
}

// The first may be in work for hours, and each that is acknowledged behind it is kept until then.
TEST_F(kafka_full_topic, gives_no_more_than_may_be_unacknowledged) {
    options.waiting = 1'000'000;
    const auto filled = fill();
    EXPECT_GE(filled, 50'000U);
    EXPECT_LT(filled, 52'000U);
}

// One broker inside librdkafka that fails when it is told to, and a member that has a message of its topic.
struct kafka_fetch : kafka_consumer {
    kafka_fetch() {
        rd_kafka_mock_topic_create(mock.get(), topic.c_str(), 1, 1);
        options = {.hosts = {rd_kafka_mock_cluster_bootstraps(mock.get())}, .topology = topology::none};
        bus = make_transport(options);
    }
    void SetUp() override {
        publish(1);
        subscribe();
        ASSERT_TRUE(serve_until([&] { return member->local()->waiting() == 1; }));
        ASSERT_TRUE(serve_until([&] { // one may be the answer to a question that counts no more
            if (condition.empty()) deny(1);
            return !condition.empty();
        }));
        rd_kafka_mock_clear_request_errors(mock.get(), fetch);
    }
    ~kafka_fetch() override { bus->close(); }

    void publish(int number) const {
        testing::publisher(bus).publish_all({testing::make_message(topic, "ada", number)});
    }
    void deny(int times) {
        const std::vector errors(static_cast<std::size_t>(times),
                                 RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
        rd_kafka_mock_push_request_errors_array(mock.get(), fetch, errors.size(), errors.data());
    }

    static constexpr std::int16_t fetch = 1;
    std::array<char, 512> why{};
    const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> host{
        rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why.data(), why.size()), rd_kafka_destroy};
    const std::unique_ptr<rd_kafka_mock_cluster_t, void (*)(rd_kafka_mock_cluster_t*)> mock{
        rd_kafka_mock_cluster_new(host.get(), 1), rd_kafka_mock_cluster_destroy};
    std::shared_ptr<transport> bus;
};

TEST_F(kafka_fetch, that_was_denied_is_well_when_a_message_comes) {
    publish(2);
    EXPECT_TRUE(serve_until([&] { return member->local()->waiting() == 2; }));
    EXPECT_TRUE(serve_until([&] { return condition.empty(); })) << condition;
}

TEST_F(kafka_fetch, that_is_denied_says_so_again_and_is_well_afterwards_also_without_a_message) {
    const auto before = told;
    deny(3);
    EXPECT_TRUE(serve_until([&] { return told > before; }));
    EXPECT_FALSE(condition.empty());
    rd_kafka_mock_clear_request_errors(mock.get(), fetch);
    EXPECT_TRUE(serve_until([&] { return condition.empty(); })) << condition;
    publish(2);
    EXPECT_TRUE(serve_until([&] { return member->local()->waiting() == 2; }));
}

} // namespace
} // namespace sagaflow::kafka
