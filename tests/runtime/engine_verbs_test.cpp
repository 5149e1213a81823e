// What operators do to a saga, through the engine (R12, R13).
#include "support/bench.hpp"

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

const operator_note eve = {"eve", "asked the bank"};

saga<trip> a_purchase() {
    const pivot<trip, book> pay = {
        .name = "pay", .send = [](const trip& t) { return book{t.traveller}; }, .timeout = 1h};
    const retriable<trip, book> tell = {
        .name = "tell", .send = [](const trip& t) { return book{t.traveller}; }, .timeout = 1h};
    return {.name = "purchase", .version = 1, .stages = stages(booking("seat"), pay, tell)};
}

// An engine that hosts purchases, and a desk that does as it is told at one step.
struct EngineVerbs : ::testing::Test {
    EngineVerbs() {
        b.sagas = std::make_unique<engine>(b.options());
        purchases = b.sagas->host(a_purchase());
        b.sagas->start();
    }
    desk::clerk but_at(const std::string& step, const std::function<std::optional<message>(message)>& then) {
        return [step, then](const message& c) -> std::optional<message> {
            const bool action = c.kind == message_kind::command;
            return action && c.step == step ? then(success(c)) : success(c);
        };
    }
    void begin() { purchases->start("p", {"ada"}).value(); }
    // Its last event, which ends the saga.
    event last() { return follow(*b.sagas, "p").back(); }

    bench b;
    std::optional<hosted<trip>> purchases;
};

std::optional<message> unknown(message m) {
    m.outcome = reply_outcome::unknown;
    return m;
}
std::optional<message> rejected(message m) {
    m.outcome = reply_outcome::rejected;
    m.body = R"({"reason":"no-line"})";
    return m;
}

TEST_F(EngineVerbs, R13_skip_goes_on_without_the_step_and_says_who_and_why) {
    const desk d(b.bus, but_at("tell", rejected));
    begin();
    await(*b.sagas, "p", event_kind::suspended);
    EXPECT_EQ(b.sagas->skip("p", eve, "seat").error().code, errc::wrong_state);
    EXPECT_EQ(b.sagas->skip("p", eve, "teapot").error().code, errc::invalid_argument);
    EXPECT_TRUE(b.sagas->skip("p", eve, "tell"));
    const auto end = last();
    EXPECT_EQ(end.kind, event_kind::completed);
    EXPECT_NE(end.details.find(R"("who":"eve","why":"asked the bank")"), std::string::npos) << end.details;
}

TEST_F(EngineVerbs, R13_undo_vouches_that_the_pivot_did_not_happen) {
    const desk d(b.bus, but_at("pay", unknown));
    begin();
    await(*b.sagas, "p", event_kind::suspended);
    EXPECT_TRUE(b.sagas->undo("p", eve));
    EXPECT_EQ(last().kind, event_kind::compensated);
    EXPECT_EQ(d.seen().back(), "p~" + std::to_string(b.sagas->find("p")->birth) + "/seat/compensation");
}

TEST_F(EngineVerbs, R13_retry_sends_the_same_command_again_and_after_a_rejection_a_new_one) {
    std::atomic<int> times = 0;
    const desk d(b.bus, but_at("tell", [&](message m) -> std::optional<message> {
                     const int n = ++times;
                     return n == 1 ? unknown(m) : n == 2 ? rejected(m) : m;
                 }));
    begin();
    const auto first = await(*b.sagas, "p", event_kind::suspended);
    EXPECT_TRUE(b.sagas->retry("p", eve));
    for (const auto& e : b.sagas->watch("p", {.after = first.seq}))
        if (e.kind == event_kind::suspended) break;
    EXPECT_TRUE(b.sagas->retry("p", eve));
    EXPECT_EQ(last().kind, event_kind::completed);
    const auto seen = d.seen();
    ASSERT_EQ(seen.size(), 5U);
    EXPECT_EQ(seen[3], seen[2]);
    EXPECT_EQ(seen[4], seen[2] + "/2");
}

TEST_F(EngineVerbs, R12_cancel_is_refused_past_the_pivot) {
    const desk d(b.bus, but_at("tell", [](const message&) { return std::nullopt; }));
    begin();
    d.wait_for(3);
    EXPECT_EQ(b.sagas->cancel("p", eve).error().code, errc::past_pivot);
    EXPECT_TRUE(b.sagas->suspend("p", eve));
    EXPECT_TRUE(b.sagas->abandon("p", eve));
    EXPECT_EQ(last().kind, event_kind::abandoned);
    EXPECT_EQ(b.sagas->cancel("p", eve).error().code, errc::wrong_state);
}

TEST_F(EngineVerbs, R13_of_a_saga_that_is_not_there_are_told_so) {
    const auto is_not_found = [](const result<void>& r) { return !r && r.error().code == errc::not_found; };
    EXPECT_TRUE(is_not_found(b.sagas->cancel("nobody", eve)));
    EXPECT_TRUE(is_not_found(b.sagas->suspend("nobody", eve)));
    EXPECT_TRUE(is_not_found(b.sagas->retry("nobody", eve)));
    EXPECT_TRUE(is_not_found(b.sagas->skip("nobody", eve)));
    EXPECT_TRUE(is_not_found(b.sagas->undo("nobody", eve)));
    EXPECT_TRUE(is_not_found(b.sagas->abandon("nobody", eve)));
}

} // namespace
} // namespace sagaflow::test
