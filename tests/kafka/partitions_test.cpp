// Where messages are, as kcat sees it.
#include "support/service_address.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;

struct kafka_partitions : ::testing::Test {
    using by_key = std::map<std::string, std::set<int>>;

    // Publishes them to a topic of seven partitions and says where each key's are.
    by_key partitions_of(std::vector<message> batch, kafka::partition_by how = kafka::partition_by::start) {
        const auto bus = kafka::make_transport(
            {.hosts = {service_address("kafka")}, .partitions = 7, .partition_by = how});
        bus->open({topic}, [](const transport_health&) {});
        publisher(bus).publish_all(std::move(batch));
        bus->close();
        const auto file = folder.file("seen");
        const auto command = "timeout 30 kcat -q -b " + service_address("kafka") + " -t " + topic +
                             " -C -o beginning -e -f '%k %p\n' >" + file;
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        by_key seen;
        std::ifstream in(file);
        std::string key;
        for (int partition = 0; in >> key >> partition;) seen[key].insert(partition);
        return seen;
    }
    static std::set<int> all_of(const by_key& seen) {
        std::set<int> all;
        for (const auto& [key, partitions] : seen) all.insert(partitions.begin(), partitions.end());
        return all;
    }
    // Actions and compensations of sagas that begin one after another.
    std::vector<message> of_sagas(int count, duration apart) const {
        std::vector<message> all;
        for (int n = 0; n < count; ++n) {
            auto m = make_message(topic, "saga-" + std::to_string(n), 1);
            m.started = time_point(1'600'000'000'000ms + n * apart);
            all.push_back(m);
            m.kind = message_kind::compensation;
            all.push_back(m);
        }
        return all;
    }

    temp_folder folder;
    std::string topic = unique_name("partitions");
};

TEST_F(kafka_partitions, are_shared_by_sagas_that_began_together) {
    const auto seen = partitions_of(of_sagas(16, 1ms));
    EXPECT_EQ(seen.size(), 16);
    EXPECT_EQ(all_of(seen).size(), 1);
}

TEST_F(kafka_partitions, have_their_turns_and_each_saga_keeps_to_its_own) {
    const auto seen = partitions_of(of_sagas(14, 16ms));
    EXPECT_EQ(all_of(seen).size(), 7);
    for (const auto& [key, partitions] : seen) EXPECT_EQ(partitions.size(), 1) << key;
    EXPECT_EQ(seen.at("saga-0"), seen.at("saga-7"));
}

TEST_F(kafka_partitions, are_chosen_by_the_key_as_by_Java_if_that_is_wanted) {
    const auto seen = partitions_of(of_sagas(16, 1ms), kafka::partition_by::key);
    EXPECT_GT(all_of(seen).size(), 1);
    for (const auto& [key, partitions] : seen) EXPECT_EQ(partitions.size(), 1) << key;
    // (murmur2("saga-0") & 0x7fffffff) % 7, by org.apache.kafka.common.utils.Utils
    EXPECT_EQ(seen.at("saga-0"), std::set<int>{6});
}

TEST_F(kafka_partitions, are_shared_by_replies_that_are_sent_together) {
    auto replies = of_sagas(16, 16ms);
    for (auto& r : replies) r.kind = message_kind::reply;
    EXPECT_EQ(all_of(partitions_of(replies)).size(), 1);
}

TEST_F(kafka_partitions, of_status_events_are_chosen_by_the_key) {
    auto events = of_sagas(16, 1ms);
    for (auto& e : events) {
        e.kind = message_kind::status;
        e.started = {};
    }
    const auto seen = partitions_of(events);
    EXPECT_GT(all_of(seen).size(), 1);
    EXPECT_EQ(seen.at("saga-0"), std::set<int>{6});
}

} // namespace
} // namespace sagaflow::testing
