#include "shared/reports.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::transports {

using verdict = published::verdict;

TEST(reports, call_a_batch_once_for_what_was_gathered_of_it) {
    std::vector<std::vector<std::size_t>> calls;
    const auto note = [&](std::span<const published> all) {
        auto& call = calls.emplace_back();
        for (const auto& p : all) call.push_back(p.index);
    };
    auto first = ticket::of_batch(3, note);
    auto second = ticket::of_batch(1, note);
    reports r;
    r.add(std::move(first[2]), verdict::accepted);
    r.add(std::move(second[0]), verdict::refused, "too large");
    r.add(std::move(first[0]), verdict::accepted);
    EXPECT_TRUE(calls.empty());
    r.tell();
    EXPECT_EQ(calls, (std::vector<std::vector<std::size_t>>{{2, 0}, {0}}));
    r.add(std::move(first[1]), verdict::failed, "gone");
    r.tell();
    EXPECT_EQ(calls.back(), std::vector<std::size_t>{1});
}

TEST(reports, report_a_message_once_and_say_why_it_failed) {
    std::vector<published> told;
    auto tickets =
        ticket::of_batch(1, [&](std::span<const published> all) { told.assign(all.begin(), all.end()); });
    {
        reports r;
        r.add(std::move(tickets[0]), verdict::failed, "the broker is away");
        r.add(std::move(tickets[0]), verdict::accepted); // NOLINT: what it must survive
    }
    ASSERT_EQ(told.size(), 1U) << "the end of its life tells, too";
    EXPECT_EQ(told[0].result, verdict::failed);
    EXPECT_EQ(told[0].reason, "the broker is away");
}

TEST(reports, may_be_added_to_while_they_are_told) {
    reports r;
    int told = 0;
    std::vector<ticket> later = ticket::of_batch(1, [&](auto) { ++told; });
    auto now = ticket::of_batch(1, [&](auto) { r.add(std::move(later[0]), verdict::accepted); });
    r.add(std::move(now[0]), verdict::accepted);
    r.tell();
    EXPECT_EQ(told, 0);
    EXPECT_FALSE(r.empty());
    r.tell();
    EXPECT_EQ(told, 1);
}

} // namespace sagaflow::transports
