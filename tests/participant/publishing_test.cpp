// What a participant publishes, answers and dead letters, and what becomes of their deliveries (B7, B9).
#include "chat_fixture.hpp"

#include <gmock/gmock.h>

namespace sagaflow::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(chat, B7_a_body_that_cannot_be_read_becomes_a_dead_letter_with_the_reason) {
    start(with_inbox());
    EXPECT_THAT(bus->opened, ElementsAre("chats", "chats.dead"));
    const auto c = command("ada", "?");
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "acknowledge");
    ASSERT_EQ(bus->sent.size(), 1u);
    EXPECT_EQ(bus->sent[0].address, "chats.dead");
    EXPECT_EQ(bus->sent[0].reason, "/user: missing");
    EXPECT_EQ(bus->sent[0].id, c.id);
    EXPECT_EQ(bus->sent[0].kind, message_kind::command);
    EXPECT_EQ(bus->sent[0].body, "?");
    bus->deliver([&] {
        auto again = c;
        again.body = "ada";
        return again;
    }());
    EXPECT_THAT(handled, ElementsAre("ada")) << "nothing was stored of the one that could not be read";
}

TEST_F(chat, B7_a_type_that_nobody_handles_becomes_a_dead_letter) {
    start(with_inbox());
    ASSERT_EQ(bus->subscriptions.size(), 1u);
    EXPECT_TRUE(bus->subscriptions[0].types.empty());
    auto c = command("ada", "ada");
    c.type = "chats.opne";
    EXPECT_EQ(bus->end_of(bus->deliver(c)), "acknowledge");
    ASSERT_EQ(bus->sent.size(), 1u);
    EXPECT_EQ(bus->sent[0].address, "chats.dead");
    EXPECT_THAT(bus->sent[0].reason, HasSubstr("chats.opne"));
    EXPECT_EQ(rows->transactions, 1);
}

TEST_F(chat, B7_a_dead_letter_is_acknowledged_once_accepted_and_never_comes_for_ever) {
    start(with_inbox());
    bus->hold = true;
    const auto tag = bus->deliver(command("ada", "?"));
    EXPECT_EQ(bus->end_of(tag), "open");
    bus->release_held();
    EXPECT_EQ(bus->end_of(tag), "acknowledge");
    bus->hold = false;
    bus->verdict = published::verdict::failed;
    int deliveries = 1;
    while (bus->end_of(bus->deliver(command("eve", "?"))) == "retry") ASSERT_LT(++deliveries, 50);
    EXPECT_GT(deliveries, 10) << "a new leader takes a while";
    EXPECT_EQ(counted("dead_letters"), 1) << "what was accepted";
}

TEST_F(chat, B7_dead_letters_without_an_id_are_not_taken_for_one_another) {
    start(with_inbox());
    bus->verdict = published::verdict::failed;
    for (int i = 0; i < 100; ++i) {
        auto m = command("", "not JSON " + std::to_string(i));
        m.id = m.type = m.source = "";
        EXPECT_EQ(bus->end_of(bus->deliver(m)), "retry") << i;
    }
}

TEST_F(chat, B7_a_dead_letter_waits_for_a_broker_that_is_away) {
    start(with_inbox());
    bus->health({transport_health::condition::down, "gone"});
    bus->verdict = published::verdict::failed;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(bus->end_of(bus->deliver(command("eve", "?"))), "retry");
    bus->health({});
    bus->verdict = published::verdict::accepted;
    EXPECT_EQ(bus->end_of(bus->deliver(command("eve", "?"))), "acknowledge");
    EXPECT_EQ(bus->sent.back().address, "chats.dead");
}

TEST_F(chat, B7_what_the_envelope_could_not_read_becomes_a_dead_letter_with_its_reason) {
    start(with_inbox());
    message m;
    m.address = "chats";
    m.reason = "sagakind is 'x'";
    m.body = "\xff";
    EXPECT_EQ(bus->end_of(bus->deliver(m)), "acknowledge");
    ASSERT_EQ(bus->sent.size(), 1u);
    EXPECT_EQ(bus->sent[0].reason, "sagakind is 'x'");
    EXPECT_EQ(bus->sent[0].body, "\xff");
}

TEST_F(chat, B9_acknowledges_only_when_the_transport_has_accepted_the_reply) {
    start(with_inbox());
    bus->hold = true;
    const auto tag = bus->deliver(command("ada", "ada"));
    EXPECT_EQ(bus->end_of(tag), "open");
    bus->release_held();
    EXPECT_EQ(bus->end_of(tag), "acknowledge");
}

TEST_F(chat, B9_gives_the_answer_again_when_the_transport_did_not_accept_it) {
    start(with_inbox());
    bus->verdict = published::verdict::failed;
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "retry");
    bus->verdict = published::verdict::accepted;
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "acknowledge");
    EXPECT_EQ(bus->sent.back().body, "room of ada");
    EXPECT_EQ(handled.size(), 1u);
    EXPECT_EQ(counted("replies_not_accepted"), 1);
}

TEST_F(chat, B9_a_reply_that_nobody_takes_is_given_up_and_one_that_waits_for_its_broker_is_not) {
    start(with_inbox());
    bus->verdict = published::verdict::failed;
    bus->health({transport_health::condition::down, "gone"});
    for (int i = 0; i < 100; ++i) EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "retry");
    bus->health({});
    int deliveries = 1;
    while (bus->end_of(bus->deliver(command("ada", "ada"))) == "retry") ASSERT_LT(++deliveries, 50);
    EXPECT_GT(deliveries, 10);
    bus->verdict = published::verdict::accepted;
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "acknowledge") << "the engine asks again";
    EXPECT_EQ(bus->sent.back().body, "room of ada");
    EXPECT_EQ(handled.size(), 1u);
}

TEST_F(chat, B9_an_answer_that_is_refused_for_good_becomes_unknown_with_the_reason) {
    start(with_inbox());
    bus->verdict = published::verdict::refused;
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "retry");
    bus->verdict = published::verdict::accepted;
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "acknowledge");
    EXPECT_EQ(bus->sent.back().outcome, reply_outcome::unknown);
    EXPECT_EQ(bus->sent.back().body, R"({"reason":"its answer can't be sent: the broker says no"})");
    EXPECT_EQ(handled.size(), 1u);
}

TEST_F(chat, B9_of_a_refused_answer_only_the_engine_that_asked_for_it_is_told) {
    start(with_inbox());
    bus->verdict = published::verdict::refused;
    bus->deliver(command("ada", "ada"));
    bus->verdict = published::verdict::accepted;
    auto other = command("ada", "ada");
    other.source = "another engine, with a saga of that name";
    bus->deliver(other);
    EXPECT_EQ(bus->sent.back().outcome, reply_outcome::success);
    bus->deliver(command("ada", "ada"));
    EXPECT_EQ(bus->sent.back().outcome, reply_outcome::unknown);
}

TEST_F(chat, B9_does_not_repeat_a_reply_of_which_even_the_refusal_is_refused) {
    start(with_inbox());
    bus->verdict = published::verdict::refused;
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "retry");
    EXPECT_EQ(bus->end_of(bus->deliver(command("ada", "ada"))), "acknowledge");
}

} // namespace
} // namespace sagaflow::testing
