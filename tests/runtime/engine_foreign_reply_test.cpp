// Replies of services that know nothing of sagaflow, and replies that nobody can read.
#include "support/bench.hpp"

#include <sagaflow/error.hpp>

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

// As a foreign service answers: the body, and what it answers.
std::optional<message> says(const message& command, std::string body) {
    message m;
    m.address = command.reply_to;
    m.id = "foreign";
    m.kind = message_kind::reply;
    m.causation_id = command.id;
    m.body = std::move(body);
    return m;
}

engine_options with_rule(engine_options o, rejection_in_body rule) {
    o.routes["desk.book"] = {.address = "desk", .rejected = std::move(rule)};
    return o;
}

// The engine of the bench, and what becomes a dead letter of its reply address.
void run_with_dead_letters(bench& b, box<message>& dead) {
    b.bus->consume({.address = "test.replies.dead", .group = "g"},
                   [&dead](const std::vector<delivery>& all, const std::shared_ptr<settler>& by) {
                       dead.put(all.front().content);
                       by->settle({&all.front().tag, 1}, settler::verdict::acknowledge);
                   });
    auto o = b.options();
    o.reply_address = "test.replies";
    b.run(o);
}

TEST(engine_foreign_reply, R4_a_body_that_says_no_where_the_route_points_is_a_rejection) {
    bench b;
    b.run(with_rule(b.options(), {.pointer = "/status", .equals = "FAILED", .reason = "/error/text"}));
    const desk d(b.bus, [](const message& c) {
        if (c.type == release::type) return std::optional(success(c));
        return says(
            c, c.step == "seat" ? R"({"status":"OK"})" : R"({"status":"FAILED","error":{"text":"full"}})");
    });
    b.trips->start("t", {"ada"}).value();
    const auto all = follow(*b.sagas, "t");
    EXPECT_EQ(all.back().kind, event_kind::compensated);
    EXPECT_NE(b.sagas->find("t").value().reason.find("full"), std::string::npos);
}

TEST(engine_foreign_reply, what_a_transport_does_not_take_is_told_with_the_reason) {
    bench b;
    b.bus = memory::make_transport({.queued_messages = 0});
    b.run();
    b.trips->start("t", {"ada"}).value();
    EXPECT_NE(b.lines->wait_for("a transport did not take messages").find("no more can wait"),
              std::string::npos);
}

TEST(engine_foreign_reply, refuses_a_route_with_a_pointer_that_is_none) {
    bench b;
    for (const char* bad : {"status", "/a~2", "/a~"}) {
        EXPECT_THROW(engine(with_rule(b.options(), {.pointer = bad})), error) << bad;
        EXPECT_THROW(engine(with_rule(b.options(), {.pointer = "/a", .reason = bad})), error) << bad;
    }
}

TEST(engine_foreign_reply, B7_a_reply_that_cannot_be_read_becomes_a_dead_letter_and_does_not_count) {
    bench b;
    box<message> dead;
    run_with_dead_letters(b, dead);
    const desk d(b.bus, [n = 0](const message& c) mutable {
        auto answer = success(c);
        if (n++ == 0) answer.type.clear(), answer.reason = "sagaoutcome is 'maybe'";
        return std::optional(answer);
    });
    b.trips->start("t", {"ada"}).value();
    const auto m = dead.take();
    EXPECT_EQ(m.reason, "sagaoutcome is 'maybe'");
    EXPECT_NE(b.lines->wait_for("can't be read"), "");
    EXPECT_EQ(b.sagas->find("t").value().state, saga_state::running);
}

TEST(engine_foreign_reply, B7_what_is_no_reply_becomes_a_dead_letter_and_answers_nothing) {
    bench b;
    box<message> dead;
    run_with_dead_letters(b, dead);
    const desk d(b.bus, [n = 0](const message& c) mutable {
        auto sent_astray = success(c);
        if (n++ == 0) sent_astray.kind = message_kind::command;
        return std::optional(sent_astray);
    });
    b.trips->start("t", {"ada"}).value();
    EXPECT_EQ(dead.take().reason, "a command came where replies are taken");
    EXPECT_EQ(b.sagas->find("t").value().state, saga_state::running);
}

} // namespace
} // namespace sagaflow::test
