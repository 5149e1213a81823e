// Consumers that come, go and die.
#include "support/arrivals.hpp"
#include "support/service_address.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <memory>
#include <set>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

namespace sagaflow::testing {
namespace {

std::shared_ptr<transport> connect(const std::string& to) {
    const auto bus = kafka::make_transport({.hosts = {service_address("kafka")}, .partitions = 6});
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

// Until the brokers say that the group is in this state: "Stable", "PreparingRebalance", with so many
// members.
void wait_for_state(const std::string& group, const std::string& state, int members) {
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", service_address("kafka").c_str(), nullptr, 0);
    const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(
        rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0), rd_kafka_destroy);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < give_up) {
        const rd_kafka_group_list* found = nullptr;
        if (rd_kafka_list_groups(client.get(), group.c_str(), &found, 5'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        const bool is_so = found->group_cnt == 1 && found->groups[0].state == state &&
                           found->groups[0].member_cnt == members;
        rd_kafka_group_list_destroy(found);
        if (is_so) return;
    }
    throw std::runtime_error("the group was never so: " + state);
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

TEST(kafka_groups, handlers_that_run_while_members_join_and_leave_finish_and_nothing_comes_twice) {
    const auto topic = unique_name("held");
    const auto first = connect(topic);
    publisher out(first);
    gate joined;
    gate left;
    receiver r; // of all members
    r.during_handler([&] { joined.wait(); });
    r.subscribe(*first, {.address = topic, .group = "g", .prefetch = 5});
    wait_for_state(topic + ".g", "Stable", 1);
    out.publish_all(one_of_each_saga(topic, 1));
    const auto guest = connect(topic);
    r.subscribe(*guest, {.address = topic, .group = "g", .prefetch = 5});
    wait_for_state(topic + ".g", "PreparingRebalance", 2);
    joined.open();
    wait_for_state(topic + ".g", "Stable", 2);
    r.wait_for(40);
    r.during_handler([&] { left.wait(); });
    out.publish_all(one_of_each_saga(topic, 2));
    std::thread leaving([&] { guest->close(); });
    left.open();
    leaving.join();
    wait_for_state(topic + ".g", "Stable", 1);
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
    wait_for_state(topic + ".g", "Stable", 1);
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
