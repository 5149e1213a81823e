// Brokers that die, or say nothing any more.
#include "support/own_service.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

TEST(kafka_faults, loses_nothing_when_one_of_three_brokers_is_killed_under_load_and_comes_back) {
    own_service brokers("kafka3");
    const auto bus =
        kafka::make_transport({.hosts = {brokers.address("kafka-1"), brokers.address("kafka-2")}});
    const auto topic = unique_name("cluster");
    bus->open({topic}, [](const transport_health&) {});
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g"});
    publisher out(bus);
    std::set<std::string> expected;
    int number = 0;
    const auto publish_while = [&](const std::function<void()>& happens) {
        std::atomic<bool> over{false};
        std::thread other([&] {
            happens();
            over = true;
        });
        while (!over) {
            std::vector<message> batch;
            for (int saga = 0; saga < 20; ++saga)
                batch.push_back(make_message(topic, "saga-" + std::to_string(saga), number));
            ++number;
            for (const auto& m : batch) expected.insert(m.id);
            out.publish_all(std::move(batch));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        other.join();
    };
    publish_while([&] { brokers.kill9("kafka3-1"); });
    publish_while([&] { brokers.start("kafka3-1"); });
    std::set<std::string> came;
    for (std::size_t seen = 0; came.size() < expected.size();) {
        const auto all = r.wait_for(seen + 1);
        for (; seen < all.size(); ++seen) came.insert(all[seen].content.id);
    }
    EXPECT_EQ(came, expected);
    EXPECT_EQ(out.report_counts(), std::vector<std::size_t>{1});
    bus->close();
}

// As behind a link that swallows everything.
TEST(kafka_faults, tells_that_the_broker_is_silent_and_goes_on_when_it_speaks_again) {
    own_service broker("kafka");
    const auto bus = kafka::make_transport({.hosts = {broker.address("kafka")}, .partitions = 1});
    const auto topic = unique_name("silent");
    gate down;
    gate up_again;
    std::atomic<bool> was_down{false};
    bus->open({topic}, [&](const transport_health& h) {
        if (h.now != transport_health::condition::up) {
            was_down = true;
            down.open();
        } else if (was_down) {
            up_again.open();
        }
    });
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g"});
    publisher out(bus);
    out.publish_all({make_message(topic, "ada", 1)});
    r.wait_for(1);
    broker.pause();
    const auto waiting = out.publish({make_message(topic, "ada", 2)});
    down.wait();
    broker.resume();
    up_again.wait();
    if (out.wait(waiting).front() != published::verdict::accepted)
        out.publish_all({make_message(topic, "ada", 2)});
    std::set<std::string> came;
    for (std::size_t n = 1; !came.contains("step-2"); ++n) came.insert(r.wait_for(n)[n - 1].content.step);
    bus->close();
}

} // namespace
} // namespace sagaflow::testing
