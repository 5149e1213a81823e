#include "chat_fixture.hpp"

#include <sagaflow/participant.hpp>

#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST_F(chat, answers_a_command_to_its_reply_address) {
    start(with_inbox());
    auto c = command("ada", "ada");
    c.attempt = 3;
    const auto tag = bus->deliver(c);
    ASSERT_EQ(bus->sent.size(), 1u);
    const auto& r = bus->sent.front();
    EXPECT_EQ(r.address, "user.replies");
    EXPECT_EQ(r.id, c.id + "/reply");
    EXPECT_EQ(r.source, "chat");
    EXPECT_EQ(r.type, c.type);
    EXPECT_EQ(r.kind, message_kind::reply);
    EXPECT_EQ(r.outcome, reply_outcome::success);
    EXPECT_EQ(r.attempt, 3u);
    EXPECT_EQ(r.issued, c.issued);
    EXPECT_EQ(r.saga_id, c.saga_id);
    EXPECT_EQ(r.saga_type, c.saga_type);
    EXPECT_EQ(r.step, c.step);
    EXPECT_EQ(r.causation_id, c.id);
    EXPECT_EQ(r.trace_parent, c.trace_parent);
    EXPECT_EQ(r.body, "room of ada");
    EXPECT_EQ(bus->end_of(tag), "acknowledge");
}

TEST_F(chat, handles_and_acknowledges_a_command_that_wants_no_answer) {
    start(with_inbox());
    auto c = command("ada", "ada");
    c.reply_to.clear();
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "acknowledge");
    EXPECT_THAT(handled, ElementsAre("ada"));
    EXPECT_TRUE(bus->sent.empty());
}

TEST_F(chat, B1_answers_a_repeated_command_as_before_without_running_its_handler) {
    start(with_inbox());
    bus->deliver({command("ada", "ada"), command("ada", "ada")});
    bus->deliver(command("ada", "ada"));
    ASSERT_EQ(bus->sent.size(), 3u);
    EXPECT_EQ(bus->sent[1].body, "room of ada");
    EXPECT_EQ(bus->sent[2].body, "room of ada");
    EXPECT_EQ(bus->sent[2].id, bus->sent[0].id);
    EXPECT_THAT(handled, ElementsAre("ada"));
    EXPECT_EQ(counted("commands", "repeated"), 2);
}

TEST_F(chat, B2_B3_an_action_after_its_compensation_is_rejected) {
    start(with_inbox());
    bus->deliver({compensation("ada"), command("ada", "ada")});
    ASSERT_EQ(bus->sent.size(), 2u);
    EXPECT_EQ(bus->sent[0].outcome, reply_outcome::success);
    EXPECT_EQ(bus->sent[1].outcome, reply_outcome::rejected);
    EXPECT_EQ(bus->sent[1].body, R"({"reason":"compensated"})");
    EXPECT_EQ(closed, 0);
    EXPECT_TRUE(handled.empty());
}

TEST_F(chat, B4_a_handler_that_throws_is_tried_three_times_more_and_then_left_unanswered) {
    start(with_inbox());
    const auto c = command("ada", "throws");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bus->end_of(bus->deliver(c)), "retry");
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "acknowledge");
    EXPECT_EQ(handled.size(), 4u);
    EXPECT_TRUE(bus->sent.empty());
    EXPECT_EQ(counted("handler_failures"), 4);
    EXPECT_EQ(counted("given_up"), 1);
}

TEST_F(chat, B4_however_many_commands_come_whose_handlers_throw_each_is_left_in_the_end) {
    start(with_inbox());
    std::vector<message> all;
    for (int i = 0; i < 2000; ++i) all.push_back(command(std::to_string(i), "throws"));
    for (const auto* expected : {"retry", "retry", "retry", "acknowledge"}) {
        const auto first = bus->deliver(all);
        for (std::uint64_t i = 0; i < all.size(); ++i) ASSERT_EQ(bus->end_of(first + i), expected) << i;
    }
}

TEST_F(chat, B4_the_engines_next_attempt_is_tried_afresh) {
    start(with_inbox());
    auto c = command("ada", "throws");
    for (int i = 0; i < 4; ++i) bus->deliver(c);
    c.attempt = 2;
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "retry");
    c.body = "ada"; // what was in its way is gone
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "acknowledge");
    ASSERT_EQ(bus->sent.size(), 1u);
    EXPECT_EQ(bus->sent[0].body, "room of ada");
}

TEST_F(chat, B4_a_handler_that_throws_leaves_the_rest_of_its_batch_alone) {
    start(with_inbox());
    const auto first = bus->deliver({command("a", "a"), command("b", "throws"), command("c", "c")});
    EXPECT_EQ(bus->end_of(first), "acknowledge");
    EXPECT_EQ(bus->end_of(first + 1), "retry");
    EXPECT_EQ(bus->end_of(first + 2), "acknowledge");
    EXPECT_EQ(bus->sent.size(), 2u);
    EXPECT_EQ(rows->transactions, 1);
}

TEST_F(chat, B5_a_rejection_is_an_answer_and_repeated) {
    start(with_inbox());
    bus->deliver({command("ada", "rejects"), command("ada", "rejects")});
    ASSERT_EQ(bus->sent.size(), 2u);
    for (const auto& r : bus->sent) {
        EXPECT_EQ(r.outcome, reply_outcome::rejected);
        EXPECT_EQ(r.body, R"({"reason":"duplicate-user"})");
    }
    EXPECT_EQ(handled.size(), 1u);
}

std::vector<message> many(int n) {
    std::vector<message> all;
    for (int i = 0; i < n; ++i) all.push_back(command("s" + std::to_string(i), std::to_string(i)));
    return all;
}

TEST_F(chat, B6_handles_a_batch_in_one_transaction_of_at_most_256) {
    start(with_inbox());
    bus->deliver(many(300));
    EXPECT_EQ(rows->transactions, 2);
    EXPECT_EQ(counted("batches"), 2);
    EXPECT_EQ(bus->sent.size(), 300u);
}

TEST_F(chat, B6_ends_a_batch_when_its_time_is_over) {
    participant_options o = with_inbox();
    o.name = "slow";
    o.transport = bus;
    o.batch_time = 1ms;
    participant slow(std::move(o));
    slow.handle<chats::open>([](const chats::open&) {
        const auto end = std::chrono::steady_clock::now() + 2ms;
        while (std::chrono::steady_clock::now() < end) {
        }
        return chats::opened{};
    });
    slow.start();
    bus->deliver(many(3));
    EXPECT_EQ(rows->transactions, 3);
    EXPECT_EQ(bus->sent.size(), 3u);
}

TEST_F(chat, B6_runs_the_commands_of_a_lost_transaction_one_by_one) {
    start(with_inbox());
    rows->fail_commits = 1;
    const auto first = bus->deliver(many(3));
    EXPECT_EQ(rows->transactions, 1 + 3);
    EXPECT_EQ(counted("lost_transactions"), 1);
    EXPECT_EQ(bus->sent.size(), 3u);
    for (auto tag = first; tag < first + 3; ++tag) EXPECT_EQ(bus->end_of(tag), "acknowledge");
}

TEST_F(chat, B6_an_inbox_that_is_away_costs_a_few_transactions_and_no_attempt) {
    start(with_inbox());
    for (int i = 0; i < 10; ++i) {
        rows->fail_commits = 1'000;
        const int before = rows->transactions;
        const auto first = bus->deliver(many(100));
        EXPECT_LE(rows->transactions - before, 4);
        for (auto tag = first; tag < first + 100; ++tag) EXPECT_EQ(bus->end_of(tag), "retry");
    }
    EXPECT_TRUE(bus->sent.empty());
    rows->fail_commits = 0;
    bus->deliver(many(100));
    EXPECT_EQ(bus->sent.size(), 100u);
    EXPECT_EQ(counted("given_up"), 0);
}

TEST_F(chat, warns_of_a_transport_that_is_away_but_not_of_one_that_is_closed_after_it) {
    const auto log = std::make_shared<told_lines>();
    auto o = with_inbox();
    o.log = log;
    start(std::move(o));
    log->lines.clear();
    bus->health({transport_health::condition::down, "no broker has answered"});
    EXPECT_THAT(log->lines, ElementsAre("warn the transport is away; commands wait until it is back"));
    service->stop();
    log->lines.clear();
    bus->health({transport_health::condition::down, "the transport is closed"});
    EXPECT_THAT(log->lines, ElementsAre());
}

TEST_F(chat, B6_of_an_inbox_that_is_away_for_long_the_log_is_told_once_and_once_when_it_is_back) {
    const auto log = std::make_shared<told_lines>();
    auto o = with_inbox();
    o.log = log;
    start(std::move(o));
    log->lines.clear();
    rows->fail_commits = 1'000;
    for (int i = 0; i < 10; ++i) bus->deliver(many(5));
    EXPECT_THAT(log->lines,
                ElementsAre("warn a transaction of the inbox failed; its commands are handled one by one",
                            "error the inbox failed; the command comes again"));
    rows->fail_commits = 0;
    for (int i = 0; i < 3; ++i) bus->deliver(many(5));
    EXPECT_THAT(log->lines, ElementsAre(::testing::_, ::testing::_, "info the inbox works again"));
    rows->fail_commits = 1;
    bus->deliver(many(5));
    EXPECT_EQ(log->lines.size(), 4u) << "the next time it is news again";
}

TEST_F(chat, B7_skips_what_it_cannot_read_on_a_shared_address) {
    auto o = with_inbox();
    o.on_unreadable = unreadable::skip;
    start(std::move(o));
    EXPECT_THAT(bus->opened, ElementsAre("chats"));
    EXPECT_THAT(bus->subscriptions[0].types, ::testing::UnorderedElementsAre("chats.open", "chats.close"));
    auto strange = command("ada", "ada");
    strange.type = "rooms.paint";
    auto reply = command("ada", "ada");
    reply.kind = message_kind::reply;
    const auto first = bus->deliver({command("ada", "?"), strange, reply});
    for (auto tag = first; tag < first + 3; ++tag) EXPECT_EQ(bus->end_of(tag), "acknowledge");
    EXPECT_TRUE(bus->sent.empty());
    EXPECT_EQ(counted("skipped"), 3);
}

TEST_F(chat, B7_tells_of_what_it_skips_but_not_each_of_what_may_be_for_others) {
    auto o = with_inbox();
    o.on_unreadable = unreadable::skip;
    const auto log = std::make_shared<told_lines>();
    o.log = log;
    start(std::move(o));
    log->lines.clear();
    auto strange = command("ada", "ada");
    strange.type.clear();
    for (int n = 0; n < 100; ++n) bus->deliver(strange);
    EXPECT_THAT(log->lines,
                ::testing::AllOf(::testing::SizeIs(7), ::testing::Each("warn a message is skipped")));
    bus->deliver(command("ada", "?"));
    bus->deliver(command("bob", "?"));
    EXPECT_EQ(log->lines.size(), 9u);
}

TEST_F(chat, B8_a_command_older_than_the_inbox_remembers_is_answered_unknown) {
    start(with_inbox());
    auto c = command("ada", "ada");
    c.issued -= 24h * 30;
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "acknowledge");
    ASSERT_EQ(bus->sent.size(), 1u);
    EXPECT_EQ(bus->sent[0].outcome, reply_outcome::unknown);
    EXPECT_TRUE(handled.empty());
}

TEST_F(chat, B8_removes_rows_older_than_the_retention) {
    auto o = with_inbox();
    o.inbox_retention = 24h * 30;
    start(std::move(o));
    bus->deliver(command("ada", "ada"));
    EXPECT_EQ(rows->purges, 1);
    EXPECT_LE(rows->purged_before + 24h * 30, std::chrono::system_clock::now());
    EXPECT_GE(rows->purged_before + 24h * 30, std::chrono::system_clock::now() - 1h);
}

TEST_F(chat, B8_removes_old_rows_a_little_at_a_time_after_every_batch_while_there_are_more) {
    start(with_inbox());
    rows->still_full = true;
    for (int n = 0; n < 5; ++n) bus->deliver(command("s" + std::to_string(n), "ada"));
    EXPECT_EQ(rows->purges, 5);
    EXPECT_EQ(counted("inbox_purged"), 5 * 512);
    rows->still_full = false;
    for (int n = 0; n < 5; ++n) bus->deliver(command("t" + std::to_string(n), "ada"));
    EXPECT_EQ(rows->purges, 6) << "then it looks again after a while";
}

TEST_F(chat, without_an_inbox_runs_every_delivery_and_B4_B7_B9_hold) {
    start();
    bus->deliver({command("ada", "ada"), command("ada", "ada"), compensation("ada")});
    EXPECT_THAT(handled, ElementsAre("ada", "ada"));
    EXPECT_EQ(closed, 1);
    EXPECT_EQ(bus->sent.size(), 3u);
    EXPECT_EQ(bus->end_of(bus->deliver(command("eve", "throws"))), "retry");
    bus->deliver(command("bob", "?"));
    EXPECT_EQ(bus->sent.back().address, "chats.dead");
    bus->verdict = published::verdict::failed;
    EXPECT_EQ(bus->end_of(bus->deliver(command("bob", "bob"))), "retry");
}

TEST_F(chat, lets_go_of_everything_when_stopped) {
    start(with_inbox());
    std::weak_ptr<inbox> watched = rows;
    service->stop();
    service->stop();
    EXPECT_TRUE(bus->subscriptions[0].stop.stop_requested());
    rows.reset();
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "open");
    EXPECT_TRUE(handled.empty());
}

// Which waits for its handlers, as those do that have threads.
struct waiting_transport : scripted_transport {
    ~waiting_transport() override {
        std::thread([this] { deliver(command("ada", "ada")); }).join();
    }
};

TEST_F(chat, may_be_the_last_to_hold_its_transport) {
    auto last = std::make_shared<waiting_transport>();
    participant p({.name = "chat", .transport = last});
    p.handle<chats::open>([](const chats::open&) { return chats::opened{}; });
    p.start();
    last.reset();
    p.stop();
}

struct other_transaction : inbox_transaction {};

TEST_F(chat, refuses_what_cannot_work) {
    EXPECT_THROW(participant({.name = "", .transport = bus}), error);
    EXPECT_THROW(participant({.name = "chat", .transport = nullptr}), error);
    participant p({.name = "chat", .transport = bus, .inbox = rows});
    EXPECT_THROW(p.start(), error);
    const auto open = [](const chats::open&) { return chats::opened{}; };
    p.handle<chats::open>(open);
    EXPECT_THROW(p.handle<chats::open>(open), error);
    EXPECT_THROW(p.handle<chats::close>([](const chats::close&, other_transaction&) { return nothing{}; }),
                 error);
    p.start();
    EXPECT_THROW(p.start(), error);
    EXPECT_THROW(p.handle<chats::close>([](const chats::close&) { return nothing{}; }), error);
}

} // namespace
} // namespace sagaflow::testing
