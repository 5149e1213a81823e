// Consumers that come, go and die.
#include "support/arrivals.hpp"
#include "support/service_address.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <chrono>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

namespace sagaflow::testing {
namespace {

std::shared_ptr<transport> connect(const std::string& to, kafka::transport_options o = {}) {
    o.hosts = {service_address("kafka")};
    const auto bus = kafka::make_transport(std::move(o));
    bus->open({to}, [](const transport_health&) {});
    return bus;
}

TEST(kafka_groups, lose_nothing_while_members_join_and_leave_under_load) {
    const auto topic = unique_name("rebalance");
    const auto first = connect(topic);
    receiver r; // of all members
    r.during_handler([] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); });
    first->consume({.address = topic, .group = "g", .prefetch = 16},
                   [](auto, const auto&) {}); // takes and keeps
    r.subscribe(*first, {.address = topic, .group = "g", .prefetch = 16});
    publisher out(first);
    std::set<std::string> expected;
    std::vector<std::shared_ptr<transport>> guests;
    for (int round = 0; round < 10; ++round) {
        std::vector<message> batch;
        for (int n = 0; n < 200; ++n)
            batch.push_back(make_message(topic, "saga-" + std::to_string(n % 40), round * 5 + n / 40));
        for (const auto& m : batch) expected.insert(m.id);
        out.publish_all(std::move(batch));
        if (round % 3 == 1) {
            guests.push_back(connect(topic));
            r.subscribe(*guests.back(), {.address = topic, .group = "g", .prefetch = 16});
        }
        if (round % 3 == 0 && !guests.empty()) guests.back()->close();
    }
    first->close(); // with what its first consumer kept
    const auto last = connect(topic);
    r.subscribe(*last, {.address = topic, .group = "g"});
    EXPECT_EQ(wait_for_different(r, expected.size()), expected);
    for (const auto& g : guests) g->close();
    last->close();
}

// Until the brokers say that the partitions of the group are shared out to so many members.
void wait_until_stable(const std::string& group, int members) {
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", service_address("kafka").c_str(), nullptr, 0);
    const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(
        rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0), rd_kafka_destroy);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < give_up) {
        const rd_kafka_group_list* found = nullptr;
        if (rd_kafka_list_groups(client.get(), group.c_str(), &found, 5'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        const bool is_so = found->group_cnt == 1 && std::string_view(found->groups[0].state) == "Stable" &&
                           found->groups[0].member_cnt == members;
        rd_kafka_group_list_destroy(found);
        if (is_so) return;
    }
    throw std::runtime_error("the group was never stable: " + group);
}

std::vector<message> one_of_each_saga(const std::string& topic, int number) {
    std::vector<message> batch;
    for (int saga = 0; saga < 40; ++saga)
        batch.push_back(make_message(topic, "saga-" + std::to_string(saga), number));
    return batch;
}

std::set<std::string> ids_of(const std::vector<delivery>& came) {
    std::set<std::string> ids;
    for (const auto& d : came) ids.insert(d.content.id);
    return ids;
}

// Says when something has happened that only librdkafka's own log tells.
struct log_note final : log_sink {
    explicit log_note(std::string_view part) : part_of_it(part) {}
    void write(log_level, std::string_view message, std::span<const log_field>) noexcept override {
        if (message.find(part_of_it) != std::string_view::npos) was_told.open();
    }
    const std::string_view part_of_it;
    gate was_told;
};

TEST(kafka_groups, handlers_that_run_while_members_join_and_leave_finish_and_nothing_comes_twice) {
    const auto topic = unique_name("held");
    log_note asked_back("delegating revoke of");
    const auto first = connect(topic, {.properties = {{"debug", "cgrp"}}, .log = &asked_back});
    publisher out(first);
    gate joined;
    gate left;
    receiver r; // of all members
    r.during_handler([&] { joined.wait(); });
    r.subscribe(*first, {.address = topic, .group = "g", .prefetch = 5});
    wait_until_stable(topic + ".g", 1);
    out.publish_all(one_of_each_saga(topic, 1));
    const auto guest = connect(topic);
    r.subscribe(*guest, {.address = topic, .group = "g", .prefetch = 5});
    asked_back.was_told.wait();
    joined.open();
    wait_until_stable(topic + ".g", 2);
    r.wait_for(40);
    r.during_handler([&] { left.wait(); });
    out.publish_all(one_of_each_saga(topic, 2));
    std::thread leaving([&] { guest->close(); });
    left.open();
    leaving.join();
    wait_until_stable(topic + ".g", 1);
    out.publish_all(one_of_each_saga(topic, 3));
    wait_for_different(r, 120);
    first->close();
    EXPECT_EQ(r.count(), 120U) << "something came twice";
}

TEST(kafka_groups, what_a_handler_acknowledges_when_others_have_its_messages_does_not_count) {
    const auto topic = unique_name("late");
    const auto first = connect(topic);
    receiver slow(receiver::habit::keep);
    slow.subscribe(*first, {.address = topic, .group = "g"});
    wait_until_stable(topic + ".g", 1);
    publisher(first).publish_all(one_of_each_saga(topic, 1));
    const auto kept = slow.wait_for(40);
    const auto second = connect(topic);
    receiver other(receiver::habit::keep);
    other.subscribe(*second, {.address = topic, .group = "g"});
    const auto taken = other.wait_for(1); // the time for what had begun is over
    std::vector<std::uint64_t> tags;
    for (const auto& d : kept) tags.push_back(d.tag);
    slow.settle(tags, settler::verdict::acknowledge);
    first->close();
    second->close();
    const auto third = connect(topic);
    receiver last;
    last.subscribe(*third, {.address = topic, .group = "g"});
    for (std::size_t n = 1;; ++n)
        if (ids_of(last.wait_for(n)).contains(taken.front().content.id)) break;
    third->close();
}

// A consumer for which more waits than should: its handler does not go on before open().
struct kafka_busy_group : ::testing::Test {
    kafka_busy_group() {
        r.during_handler([this] {
            entered.open();
            goes_on.wait();
        });
        subscribe(*first);
        publisher out(first);
        out.publish_all(one_of_each_saga(topic, 1));
        entered.wait();
        for (int n = 2; n <= 10; ++n) out.publish_all(one_of_each_saga(topic, n));
        rests.was_told.wait();
    }
    void subscribe(transport& by) { r.subscribe(by, {.address = topic, .group = "g", .prefetch = 1}); }

    const std::string topic = unique_name("busy");
    gate entered, goes_on;
    receiver r; // of all members
    log_note rests{"Application pausing"};
    const std::shared_ptr<transport> first =
        connect(topic, {.waiting = 10, .properties = {{"debug", "topic"}}, .log = &rests});
};

TEST_F(kafka_busy_group, rests_and_takes_the_rest_once_when_it_has_caught_up) {
    goes_on.open();
    wait_for_different(r, 400);
    first->close();
    EXPECT_EQ(r.count(), 400U) << "something came twice";
}

TEST_F(kafka_busy_group, takes_the_rest_also_of_partitions_that_it_was_asked_for_meanwhile) {
    const auto guest = connect(topic);
    const auto began = std::chrono::steady_clock::now();
    subscribe(*guest);
    wait_until_stable(topic + ".g", 2);
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(3))
        << "a handler is given time to end";
    goes_on.open();
    wait_for_different(r, 400);
    first->close();
    guest->close();
    EXPECT_LT(r.count(), 410U) << "more came twice than what had begun";
}

TEST(kafka_groups, go_on_from_what_was_acknowledged) {
    const auto topic = unique_name("resume");
    auto bus = connect(topic);
    std::vector<message> batch;
    for (int n = 0; n < 50; ++n) batch.push_back(make_message(topic, "ada", n));
    publisher(bus).publish_all(batch);
    receiver before(receiver::habit::keep);
    before.subscribe(*bus, {.address = topic, .group = "g"});
    const auto came = before.wait_for(50);
    for (std::size_t i = 0; i < 40; ++i) // all but the 31st of the first 40
        if (i != 30) before.settle({came[i].tag}, settler::verdict::acknowledge);
    bus->close();
    bus = connect(topic);
    receiver after;
    after.subscribe(*bus, {.address = topic, .group = "g"});
    EXPECT_EQ(after.wait_for(20).front().content.id, came[30].content.id);
    bus->close();
}

} // namespace
} // namespace sagaflow::testing
