// Which messages share a partition.
#include "kafka/partitioner.hpp"

#include <sagaflow/message.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

using namespace std::chrono_literals;

const time_point some_day(std::chrono::milliseconds(1'600'000'000'000)); // a multiple of 16

using steady = std::chrono::steady_clock;

std::uint32_t number_of(message_kind kind, time_point started, partition_by how = partition_by::start,
                        steady::time_point now = steady::time_point(1'600'000ms)) {
    message m;
    m.kind = kind;
    m.started = started;
    m.saga_id = "ada";
    return partitioner(how).number_of(m, now);
}

TEST(kafka_partitioner, brings_commands_of_sagas_together_that_began_together) {
    const auto first = number_of(message_kind::command, some_day);
    EXPECT_NE(first, 0);
    EXPECT_EQ(number_of(message_kind::command, some_day + 15ms), first);
    EXPECT_EQ(number_of(message_kind::compensation, some_day + 15ms), first)
        << "it would overtake its action";
    EXPECT_EQ(number_of(message_kind::command, some_day + 16ms), first + 1) << "each partition has its turn";
    EXPECT_EQ(number_of(message_kind::command, some_day - 1ms), first - 1);
}

TEST(kafka_partitioner, leaves_others_to_their_keys) {
    EXPECT_EQ(number_of(message_kind::command, {}), 0) << "a stranger's has no time";
    EXPECT_EQ(number_of(message_kind::status, {}), 0);
    EXPECT_EQ(number_of(message_kind::status, some_day), 0);
    for (const auto kind : {message_kind::command, message_kind::compensation, message_kind::reply})
        EXPECT_EQ(number_of(kind, some_day, partition_by::key), 0);
}

TEST(kafka_partitioner, brings_replies_together_that_are_sent_together) {
    const auto at = [](std::chrono::milliseconds now) {
        return number_of(message_kind::reply, some_day, partition_by::start, steady::time_point(now));
    };
    EXPECT_NE(at(160ms), 0);
    EXPECT_EQ(at(175ms), at(160ms));
    EXPECT_EQ(at(176ms), at(160ms) + 1);
    EXPECT_EQ(number_of(message_kind::reply, {}), number_of(message_kind::reply, some_day));
}

TEST(kafka_partitioner, passes_its_number_on_beside_the_place_of_a_message) {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    for (const auto number : {0U, 1U, most})
        for (const auto place : {0U, 7U, most}) {
            const auto back = opaque::from_pointer(opaque(number, place).to_pointer());
            EXPECT_EQ(back.number, number);
            EXPECT_EQ(back.place, place);
        }
}

} // namespace
} // namespace sagaflow::kafka
