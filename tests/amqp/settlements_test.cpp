#include "amqp/settlements.hpp"

#include <gtest/gtest.h>

namespace sagaflow::amqp {
namespace {

using acks = std::vector<settlements::acknowledgement>;

settlements delivered(std::uint64_t count) {
    settlements s;
    for (std::uint64_t tag = 1; tag <= count; ++tag) EXPECT_TRUE(s.delivered(tag));
    return s;
}

TEST(amqp_settlements, what_is_settled_in_order_is_told_in_one_word) {
    auto s = delivered(5);
    for (const auto tag : {1U, 2U, 3U}) s.acknowledged(tag);
    EXPECT_EQ(s.take(), (acks{{3, true}}));
    EXPECT_TRUE(s.take().empty());
}

TEST(amqp_settlements, what_is_behind_an_open_one_is_told_one_by_one) {
    auto s = delivered(5);
    for (const auto tag : {1U, 4U, 3U}) s.acknowledged(tag);
    EXPECT_EQ(s.take(), (acks{{1, true}, {4, false}, {3, false}}));
    s.acknowledged(2);
    EXPECT_EQ(s.take(), (acks{{2, true}})) << "the broker does not know 3 and 4 any more";
    s.acknowledged(5);
    EXPECT_EQ(s.take(), (acks{{5, true}}));
}

TEST(amqp_settlements, a_word_for_many_names_one_that_the_broker_still_knows) {
    auto s = delivered(4);
    s.acknowledged(3);
    EXPECT_EQ(s.take(), (acks{{3, false}}));
    s.acknowledged(1);
    s.acknowledged(2);
    EXPECT_EQ(s.take(), (acks{{2, true}}));
}

TEST(amqp_settlements, what_was_rejected_is_not_acknowledged_too) {
    auto s = delivered(3);
    s.rejected(2);
    s.acknowledged(1);
    s.acknowledged(2);
    EXPECT_EQ(s.take(), (acks{{1, true}}));
    s.acknowledged(3);
    EXPECT_EQ(s.take(), (acks{{3, true}}));
}

TEST(amqp_settlements, settling_twice_or_what_never_came_changes_nothing) {
    auto s = delivered(2);
    s.acknowledged(1);
    s.acknowledged(1);
    s.acknowledged(0);
    s.acknowledged(9);
    EXPECT_EQ(s.take(), (acks{{1, true}}));
    s.acknowledged(1);
    EXPECT_TRUE(s.take().empty());
}

TEST(amqp_settlements, a_tag_that_is_not_the_next_is_not_taken) {
    auto s = delivered(2);
    for (const auto tag : {0U, 2U, 4U}) EXPECT_FALSE(s.delivered(tag)) << tag;
    s.acknowledged(4);
    EXPECT_TRUE(s.take().empty());
    EXPECT_TRUE(s.delivered(3));
}

} // namespace
} // namespace sagaflow::amqp
