#include "amqp/confirms.hpp"

#include <map>

#include <gtest/gtest.h>

namespace sagaflow::amqp {
namespace {

using verdict = published::verdict;

// A batch of messages "0", "1" … to the address "chats", and what was reported of each.
struct published_batch {
    explicit published_batch(std::size_t count) {
        auto tickets = transports::ticket::of_batch(count, [this](std::span<const published> report) {
            for (const auto& p : report) {
                EXPECT_FALSE(told.contains(p.index)) << "reported twice: " << p.index;
                told[p.index] = p;
            }
        });
        for (std::size_t i = 0; i < count; ++i)
            of.sent(std::move(tickets[i]), std::to_string(i), "chats", "chats.open");
    }
    // The indices of those that have been reported so, since the last call.
    std::vector<std::size_t> now(verdict v) {
        out.tell();
        std::vector<std::size_t> found;
        for (const auto& [index, p] : told)
            if (p.result == v) found.push_back(index);
        return found;
    }

    std::map<std::size_t, published> told;
    transports::reports out;
    confirms of;
};

using indices = std::vector<std::size_t>;

TEST(amqp_confirms, an_ack_accepts_one) {
    published_batch b(3);
    b.of.acked(2, false, b.out);
    EXPECT_EQ(b.now(verdict::accepted), (indices{1}));
    EXPECT_EQ(b.of.size(), 2U);
}

TEST(amqp_confirms, an_ack_of_many_accepts_all_up_to_it_that_are_open) {
    published_batch b(5);
    b.of.acked(2, false, b.out);
    b.of.nacked(3, false, b.out);
    b.of.acked(4, true, b.out);
    EXPECT_EQ(b.now(verdict::accepted), (indices{0, 1, 3}));
    EXPECT_EQ(b.now(verdict::failed), (indices{2}));
    EXPECT_EQ(b.of.size(), 1U);
    b.of.acked(5, true, b.out);
    EXPECT_EQ(b.of.size(), 0U);
}

TEST(amqp_confirms, a_nack_of_many_fails_all_up_to_it) {
    published_batch b(3);
    b.of.nacked(2, true, b.out);
    EXPECT_EQ(b.now(verdict::failed), (indices{0, 1}));
    EXPECT_NE(b.told[0].reason, "");
}

TEST(amqp_confirms, what_came_back_has_failed_although_it_is_acked) {
    published_batch b(3);
    b.of.returned("1", "chats", "chats.open", "nobody takes it");
    EXPECT_TRUE(b.now(verdict::failed).empty()) << "its ack is still to come";
    b.of.acked(3, true, b.out);
    EXPECT_EQ(b.now(verdict::accepted), (indices{0, 2}));
    EXPECT_EQ(b.now(verdict::failed), (indices{1}));
    EXPECT_EQ(b.told[1].reason, "nobody takes it");
}

TEST(amqp_confirms, of_two_that_are_alike_both_can_come_back) {
    published_batch b(1);
    auto more = transports::ticket::of_batch(1, [&](std::span<const published> r) { b.told[7] = r[0]; });
    b.of.sent(std::move(more[0]), "0", "chats", "chats.open");
    b.of.returned("0", "chats", "chats.open", "first");
    b.of.returned("0", "chats", "chats.open", "second");
    b.of.acked(2, true, b.out);
    EXPECT_EQ(b.now(verdict::failed), (indices{0, 7}));
}

TEST(amqp_confirms, a_return_of_what_went_another_way_changes_nothing) {
    published_batch b(1);
    b.of.returned("0", "chats", "chats.close", "no");
    b.of.returned("0", "customers", "chats.open", "no");
    b.of.returned("1", "chats", "chats.open", "no");
    b.of.acked(1, false, b.out);
    EXPECT_EQ(b.now(verdict::accepted), (indices{0}));
}

TEST(amqp_confirms, numbers_that_nobody_has_or_that_were_settled_change_nothing) {
    published_batch b(2);
    b.of.acked(0, true, b.out);
    b.of.acked(9, true, b.out);
    b.of.acked(1, false, b.out);
    b.of.acked(1, false, b.out);
    b.of.nacked(1, true, b.out);
    EXPECT_EQ(b.now(verdict::accepted), (indices{0}));
    EXPECT_TRUE(b.now(verdict::failed).empty());
}

TEST(amqp_confirms, with_the_channel_all_are_lost_and_the_numbers_begin_anew) {
    published_batch b(3);
    b.of.acked(1, false, b.out);
    b.of.lost("the broker is gone", b.out);
    EXPECT_EQ(b.now(verdict::failed), (indices{1, 2}));
    EXPECT_EQ(b.told[2].reason, "the broker is gone");
    auto next = transports::ticket::of_batch(1, [&](std::span<const published> r) { b.told[7] = r[0]; });
    b.of.sent(std::move(next[0]), "x", "chats", "chats.open");
    b.of.acked(1, false, b.out);
    EXPECT_EQ(b.now(verdict::accepted), (indices{0, 7}));
}

} // namespace
} // namespace sagaflow::amqp
