#include "kafka/fetch_trouble.hpp"

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

using std::chrono::seconds;

constexpr auto denied = RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
constexpr auto other = RD_KAFKA_RESP_ERR_UNKNOWN;
constexpr auto nobody_says = RD_KAFKA_PARTITION_UA;
const fetch_trouble::clock::time_point begin{};

TEST(kafka_fetch_trouble, there_is_none_at_first) {
    EXPECT_FALSE(fetch_trouble().is_over(begin + seconds(100)));
}

TEST(kafka_fetch_trouble, is_over_once_when_a_message_has_come_and_it_is_not_said_again) {
    fetch_trouble t;
    t.note(other, nobody_says, begin);
    EXPECT_FALSE(t.is_over(begin + seconds(100))) << "nothing has come";
    t.note_message();
    t.note(other, nobody_says, begin + seconds(101));
    EXPECT_FALSE(t.is_over(begin + seconds(200))) << "nothing has come since";
    t.note_message();
    EXPECT_FALSE(t.is_over(begin + seconds(103))) << "it may be said again";
    EXPECT_TRUE(t.is_over(begin + seconds(104)));
    EXPECT_FALSE(t.is_over(begin + seconds(105))) << "it was told";
}

TEST(kafka_fetch_trouble, of_a_partition_is_over_without_a_message_when_it_does_not_say_so_again) {
    fetch_trouble t;
    t.note(denied, 4, begin);
    t.note(denied, 4, begin + seconds(2));
    EXPECT_FALSE(t.is_over(begin + seconds(4)));
    EXPECT_TRUE(t.is_over(begin + seconds(5)));
}

TEST(kafka_fetch_trouble, that_has_no_partition_at_first_is_over_only_with_a_message) {
    fetch_trouble t;
    t.note(other, nobody_says, begin);
    t.note(denied, 4, begin);
    EXPECT_FALSE(t.is_over(begin + seconds(100)));
    t.note_message();
    EXPECT_TRUE(t.is_over(begin + seconds(100)));
}

TEST(kafka_fetch_trouble, names_the_partitions_that_are_to_be_asked_again_once_each_time) {
    fetch_trouble t;
    t.note(denied, 4, begin);
    t.note(denied, 1, begin);
    t.note(other, 2, begin);
    EXPECT_EQ(t.take_denied(), (std::set<std::int32_t>{1, 4}));
    EXPECT_TRUE(t.take_denied().empty());
    t.note(denied, 1, begin);
    EXPECT_EQ(t.take_denied(), (std::set<std::int32_t>{1}));
}

TEST(kafka_fetch_trouble, is_forgotten_with_a_new_assignment) {
    fetch_trouble t;
    t.note(other, 1, begin);
    t.forget();
    EXPECT_FALSE(t.is_over(begin + seconds(100)));
}

} // namespace
} // namespace sagaflow::kafka
