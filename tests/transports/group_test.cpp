#include "shared/group.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::transports {

delivery from_broker(const std::string& saga, std::uint64_t origin) {
    delivery d;
    d.content.saga_id = saga;
    d.tag = queue_tag{.origin = origin}.packed();
    return d;
}

struct fixture : ::testing::Test {
    std::vector<std::uint64_t> acknowledged;
    group g{1000, [this](std::span<const std::uint64_t> origins) {
                acknowledged.insert(acknowledged.end(), origins.begin(), origins.end());
            }};
    std::shared_ptr<member> m = g.join({.address = "a", .group = "g", .prefetch = 10});

    std::vector<delivery> push_and_take(std::vector<delivery> what) {
        g.push(std::move(what));
        return g.take(*m);
    }
    void settle(std::uint64_t tag, settler::verdict v) { g.settle(*m, std::vector{tag}, v); }
};

using group_test = fixture;
constexpr std::uint64_t largest_origin = (std::uint64_t{1} << 48) - 1;

TEST(group, takes_types_while_members_come_and_go) {
    group g{1000, {}, {"b", "a"}};
    EXPECT_TRUE(g.takes("a"));
    EXPECT_FALSE(g.takes("c"));
    std::atomic<bool> done{false};
    std::thread broker([&] {
        while (!done) EXPECT_TRUE(g.takes("a"));
    });
    for (int n = 0; n < 2'000; ++n) {
        const auto one = g.join({.address = "a", .group = "g", .types = {"a", "b"}});
        g.leave(*one);
    }
    done = true;
    broker.join();
}

TEST_F(group_test, says_by_its_origin_what_was_acknowledged_and_when) {
    const auto came =
        push_and_take({from_broker("a", 7), from_broker("b", largest_origin), from_broker("c", 9)});
    settle(came[1].tag, settler::verdict::acknowledge);
    EXPECT_EQ(acknowledged, std::vector{largest_origin});
    settle(came[1].tag, settler::verdict::acknowledge);
    settle(came[0].tag, settler::verdict::acknowledge);
    EXPECT_EQ(acknowledged, (std::vector<std::uint64_t>{largest_origin, 7}));
}

TEST_F(group_test, keeps_the_origin_over_a_retry_and_over_the_consumer_that_left) {
    const auto came = push_and_take({from_broker("a", 7), from_broker("b", 8)});
    settle(came[0].tag, settler::verdict::retry);
    const auto again = g.take(*m);
    EXPECT_EQ(again[0].content.saga_id, "a");
    EXPECT_TRUE(acknowledged.empty()) << "to be repeated is not acknowledged";
    const auto other = g.join({.address = "a", .group = "g", .prefetch = 10});
    g.leave(*m);
    const auto taken_over = g.take(*other);
    ASSERT_EQ(taken_over.size(), 2U);
    for (const auto& d : taken_over) g.settle(*other, std::vector{d.tag}, settler::verdict::acknowledge);
    std::sort(acknowledged.begin(), acknowledged.end());
    EXPECT_EQ(acknowledged, (std::vector<std::uint64_t>{7, 8}));
}

TEST_F(group_test, drops_what_waits_and_does_not_repeat_what_was_handed_out) {
    const auto came = push_and_take({from_broker("a", 1), from_broker("b", 2)});
    g.push({from_broker("c", 3), from_broker("d", 4)});
    settle(came[0].tag, settler::verdict::retry);
    EXPECT_EQ(g.waiting(), 3U);
    g.drop([](std::uint64_t origin) { return origin < 4; });
    EXPECT_EQ(g.waiting(), 1U);
    settle(came[1].tag, settler::verdict::retry);
    EXPECT_EQ(g.waiting(), 1U);
    const auto rest = g.take(*m);
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].content.saga_id, "d");
    EXPECT_EQ(g.unsettled(), 1U);
    EXPECT_EQ(g.prefetch(), 10U);
}

} // namespace sagaflow::transports
