// A link to the broker that is cut, swallows everything, or is slow. Its broker sends clients to the link.
#include "support/arrivals.hpp"
#include "support/health_log.hpp"
#include "support/own_service.hpp"
#include "support/toxiproxy.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <chrono>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;
using condition = transport_health::condition;

class kafka_link : public ::testing::Test {
  protected:
    ~kafka_link() override {
        if (bus) bus->close();
    }

    kafka::transport_options by_link() {
        return {.hosts = {link.address()},
                .partitions = 2,
                .publish_timeout = 20s,
                .session_timeout = 2s,
                .close_timeout = 1s};
    }
    void connect(const kafka::transport_options& o) {
        bus = kafka::make_transport(o);
        bus->open({topic}, health.handler());
        r.subscribe(*bus, {.address = topic, .group = "g"});
        out = std::make_unique<publisher>(bus);
    }
    std::vector<message> make_many(int from, int to) const {
        std::vector<message> all;
        for (int n = from; n < to; ++n)
            all.push_back(make_message(topic, "saga-" + std::to_string(n % 5), n));
        return all;
    }
    std::vector<message> make_large(int number) const {
        auto one = make_message(topic, "saga-1", number);
        one.body = '"' + std::string(50'000, 'x') + '"';
        return {one};
    }
    void expect_accepted(std::size_t batch) const {
        for (const auto v : out->wait(batch)) EXPECT_EQ(v, published::verdict::accepted);
    }

    own_service broker{"kafka-link"};
    own_service proxy{"toxiproxy"};
    faulty_link link{proxy, broker.address("kafka"), broker.address("kafka-link")};
    std::string topic = unique_name("link");
    health_log health;
    receiver r;
    std::shared_ptr<transport> bus;
    std::unique_ptr<publisher> out;
};

TEST_F(kafka_link, nothing_is_lost_by_cuts_in_the_middle_of_frames) {
    auto o = by_link();
    o.publish_timeout = 2s;
    connect(o);
    out->publish_all(make_many(0, 50));
    for (const auto* way : {"upstream", "downstream"}) { // no frame comes through whole
        link.toxic("limit_data", way, R"({"bytes":107})");
        const auto batch = out->publish(make_many(50, 60));
        link.cut(); // all of them in one request are answered by one small frame, which comes through
        link.heal();
        health.wait_for(condition::down);
        link.heal("limit_data", way);
        out->wait(batch);
        out->publish_all(make_many(50, 60));
        health.wait_for(condition::up);
    }
    link.toxic("limit_data", "upstream", R"({"bytes":10007})"); // no large one does
    for (const auto v : out->wait(out->publish(make_large(60)))) EXPECT_EQ(v, published::verdict::failed);
    link.heal("limit_data", "upstream");
    link.toxic("limit_data", "downstream", R"({"bytes":10007})");
    out->publish_all(make_large(60));
    out->publish_all(make_many(61, 70));
    for (const auto& d : r.wait_for(0)) EXPECT_NE(d.content.step, "step-60") << "it came through";
    link.heal("limit_data", "downstream");
    wait_for_different(r, 70);
    bus->close();
    EXPECT_EQ(out->report_counts(), std::vector<std::size_t>{1});
}

TEST_F(kafka_link, nothing_is_lost_in_a_black_hole) {
    connect(by_link());
    out->publish_all(make_many(0, 50));
    int next = 50;
    for (const auto* way : {"upstream", "downstream"}) {
        link.toxic("timeout", way, R"({"timeout":0})");
        const auto batch = out->publish(make_many(next, next + 50));
        next += 50;
        health.wait_for(condition::down);
        link.heal("timeout", way);
        link.cut();
        link.heal();
        expect_accepted(batch);
        health.wait_for(condition::up);
    }
    wait_for_different(r, static_cast<std::size_t>(next));
    bus->close();
    EXPECT_EQ(out->report_counts(), std::vector<std::size_t>{1});
}

TEST_F(kafka_link, works_when_it_is_slow) {
    auto o = by_link();
    o.session_timeout = 6s;
    o.close_timeout = 10s; // it does not wait for an answer longer than that
    connect(o);
    out->publish_all(make_many(0, 10));
    wait_for_different(r, 10);
    for (const auto* way : {"upstream", "downstream"}) link.toxic("latency", way, R"({"latency":500})");
    link.cut();
    health.wait_for(condition::down);
    link.heal();
    health.wait_for(condition::up);
    out->publish_all(make_many(10, 20));
    wait_for_different(r, 20);
    for (const auto* way : {"upstream", "downstream"}) link.heal("latency", way);
    link.toxic("bandwidth", "upstream", R"({"rate":1})");
    expect_accepted(out->publish(make_many(20, 26))); // some 3 KB
    wait_for_different(r, 26);
}

TEST_F(kafka_link, close_returns_at_its_deadline_whatever_the_broker_does) {
    connect(by_link());
    out->publish_all(make_many(0, 10));
    wait_for_different(r, 10);
    link.toxic("timeout", "downstream", R"({"timeout":0})");
    const auto batch = out->publish(make_many(10, 5'000));
    health.wait_for(condition::down);
    const auto began = std::chrono::steady_clock::now();
    bus->close();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 3s);
    for (const auto v : out->wait(batch)) EXPECT_EQ(v, published::verdict::failed);
}

} // namespace
} // namespace sagaflow::testing
