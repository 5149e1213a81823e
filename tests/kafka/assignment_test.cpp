#include "kafka/assignment.hpp"

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

struct kafka_assignment : ::testing::Test {
    void begin(std::int32_t partition) {
        const partitions_handle one(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(one.get(), "chats", partition);
        assigned.begin(*one);
    }
    void acknowledge(std::uint64_t origin) { assigned.acknowledge({&origin, 1}); }

    assignment assigned{"chats"};
};

TEST_F(kafka_assignment, says_where_each_partition_goes_on) {
    begin(3);
    begin(5);
    assigned.add(3, 70);
    acknowledge(assigned.add(5, 90));
    const auto marks = assigned.take_marks();
    ASSERT_NE(marks, nullptr);
    ASSERT_EQ(marks->cnt, 1);
    EXPECT_EQ(marks->elems[0].partition, 5);
    EXPECT_EQ(marks->elems[0].offset, 91);
    EXPECT_EQ(assigned.take_marks(), nullptr) << "it has not moved";
}

TEST_F(kafka_assignment, takes_no_acknowledgement_of_what_was_given_back) {
    begin(3);
    const auto late = assigned.add(3, 70);
    assigned.end();
    acknowledge(late);
    EXPECT_EQ(assigned.take_marks(), nullptr);
    begin(3); // again
    assigned.add(3, 70);
    acknowledge(late);
    EXPECT_EQ(assigned.take_marks(), nullptr);
}

} // namespace
} // namespace sagaflow::kafka
