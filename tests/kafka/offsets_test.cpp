#include "kafka/offsets.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

TEST(kafka_offsets, go_on_after_the_last_before_the_first_unacknowledged_one) {
    offsets o;
    const auto a = o.add(10);
    const auto b = o.add(11);
    const auto c = o.add(17); // the log was compacted
    EXPECT_EQ(o.take_mark(), std::nullopt);
    o.acknowledge(b);
    EXPECT_EQ(o.take_mark(), std::nullopt);
    o.acknowledge(a);
    EXPECT_EQ(o.take_mark(), 12);
    EXPECT_EQ(o.take_mark(), std::nullopt) << "it has not moved";
    EXPECT_EQ(o.span(), 1U);
    o.acknowledge(c);
    EXPECT_EQ(o.take_mark(), 18);
    EXPECT_EQ(o.span(), 0U);
}

TEST(kafka_offsets, take_an_acknowledgement_once) {
    offsets o;
    const auto a = o.add(1);
    const auto b = o.add(2);
    o.acknowledge(a);
    o.acknowledge(a);
    o.acknowledge(b + 1);
    EXPECT_EQ(o.take_mark(), 2);
    EXPECT_EQ(o.span(), 1U);
}

TEST(kafka_offsets, never_pass_an_unacknowledged_message_in_whatever_order) {
    std::minstd_rand random(4);
    for (int round = 0; round < 200; ++round) {
        offsets o;
        std::vector<std::uint32_t> numbers;
        std::vector<std::int64_t> at;
        for (std::int64_t next = 0; at.size() < 50; next += 1 + static_cast<std::int64_t>(random() % 3)) {
            numbers.push_back(o.add(next));
            at.push_back(next);
        }
        std::vector<std::size_t> order(at.size());
        std::iota(order.begin(), order.end(), 0U);
        std::shuffle(order.begin(), order.end(), random);
        std::set<std::int64_t> open(at.begin(), at.end());
        for (const auto i : order) {
            o.acknowledge(numbers[i]);
            open.erase(at[i]);
            const auto mark = o.take_mark();
            if (!mark) continue;
            EXPECT_TRUE(open.empty() || *mark <= *open.begin());
        }
        EXPECT_EQ(o.span(), 0U);
    }
}

} // namespace
} // namespace sagaflow::kafka
