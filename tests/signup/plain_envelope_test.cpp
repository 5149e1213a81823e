// The plain JSON of services that were there before: what is written, byte for byte, and what is read.
#include "programs/bus_of.hpp"
#include "saga/contract.hpp"
#include "wire/one_request.hpp"
#include "wire/plain.hpp"

#include <sagaflow/memory.hpp>

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace signup {
namespace {

using sagaflow::message;
using sagaflow::message_kind;
using sagaflow::reply_outcome;

constexpr const char* saga = "0f8fad5b-d9cb-469f-a165-70867728950e";

std::string golden(const std::string& name) {
    std::ifstream file(std::string(GOLDEN) + "/" + name);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
}

std::shared_ptr<const sagaflow::wire::envelope> spoken_by(role of) {
    program_options o;
    o.wire = wire_format::plain;
    return envelope_of(o, of);
}

message command(std::string_view type, message_kind kind = message_kind::command) {
    message m;
    m.address = "user.newUser.req";
    m.id = std::string(saga) + "~7/chat/action";
    m.type = type;
    m.kind = kind;
    m.saga_id = saga;
    m.body = R"({"user_id":"ada","request_id":"r","user_name":"Ada","email":"a@b"})";
    return m;
}

message read(const std::shared_ptr<const sagaflow::wire::envelope>& envelope, std::string body) {
    sagaflow::wire::carried c;
    c.body = std::move(body);
    return envelope->read(std::move(c));
}

message read_by(role of, std::string body) {
    return read(spoken_by(of), std::move(body));
}

TEST(plain_envelope, writes_requests_as_they_always_were) {
    const auto user = spoken_by(role::user);
    for (const auto type :
         {chat::add::type, customer::add::type, chat::put_back::type, customer::put_back::type})
        EXPECT_EQ(user->write(command(type)).body, golden("plain_insert.json")) << type;
    for (const auto type :
         {chat::take_back::type, customer::take_back::type, chat::remove::type, customer::remove::type})
        EXPECT_EQ(user->write(command(type, message_kind::compensation)).body, golden("plain_delete.json"))
            << type;
}

TEST(plain_envelope, writes_no_headers_for_they_know_none) {
    const auto c = spoken_by(role::user)->write(command(chat::add::type));
    EXPECT_TRUE(c.headers.empty());
    EXPECT_EQ(c.message_id + c.correlation_id + c.reply_to, "");
    EXPECT_EQ(c.content_type, "application/json");
}

TEST(plain_envelope, a_service_reads_a_request_and_answers_it) {
    const auto chat_speaks = spoken_by(role::chat);
    const auto m = read(chat_speaks, golden("plain_insert.json"));
    EXPECT_EQ(m.type, chat::add::type);
    EXPECT_EQ(m.reply_to, "user.newUser.res");
    const auto wanted = sagaflow::codec<chat::add>::decode(m.body);
    EXPECT_EQ(wanted.user_id, "ada");
    EXPECT_EQ(wanted.request_id, saga);

    message reply;
    reply.kind = message_kind::reply;
    reply.type = m.type;
    reply.saga_id = m.saga_id;
    reply.causation_id = m.id;
    EXPECT_EQ(chat_speaks->write(reply).body, golden("plain_success.json"));
    reply.outcome = reply_outcome::rejected;
    EXPECT_EQ(chat_speaks->write(reply).body, golden("plain_failure.json"));
}

TEST(plain_envelope, one_request_speaks_to_both_services_each_with_a_command_of_its_own) {
    EXPECT_EQ(read_by(role::chat, golden("plain_insert.json")).type, chat::add::type);
    EXPECT_EQ(read_by(role::customer, golden("plain_insert.json")).type, customer::add::type);
    EXPECT_EQ(read_by(role::chat, golden("plain_delete.json")).type, chat::remove::type);
    EXPECT_EQ(read_by(role::customer, golden("plain_delete.json")).type, customer::remove::type);
}

TEST(plain_envelope, the_same_request_again_has_the_same_id_and_another_one_has_not) {
    const auto first = read_by(role::chat, golden("plain_insert.json"));
    EXPECT_EQ(first.id, read_by(role::chat, golden("plain_insert.json")).id);
    EXPECT_NE(first.id, read_by(role::chat, golden("plain_delete.json")).id);
}

TEST(plain_envelope, tells_answers_apart_by_the_name_of_the_service) {
    const auto yes = read_by(role::user, golden("plain_success.json"));
    EXPECT_EQ(yes.kind, message_kind::reply);
    EXPECT_EQ(yes.saga_id, saga);
    EXPECT_EQ(yes.step, "chat");
    EXPECT_EQ(yes.outcome, reply_outcome::success);
    const auto no =
        read_by(role::user, R"({"eventId":"e","userId":"ada","serviceName":"customer","more":[1],)"
                            R"("userResponseStatus":"USER_FAIL"})");
    EXPECT_EQ(no.step, "customer");
    EXPECT_EQ(no.outcome, reply_outcome::rejected);
    EXPECT_EQ(no.body, R"({"reason":"USER_FAIL"})");
}

struct malformed {
    const char* body;
    const char* reason; // a part of it
};

class plain_envelope_reading : public ::testing::TestWithParam<malformed> {};

TEST_P(plain_envelope_reading, says_what_is_wrong_and_keeps_the_body) {
    for (const auto of : {role::user, role::chat}) {
        const auto m = read_by(of, GetParam().body);
        EXPECT_EQ(m.type, "");
        EXPECT_EQ(m.body, GetParam().body);
        EXPECT_NE(m.reason.find(GetParam().reason), std::string::npos) << m.reason;
        EXPECT_EQ(spoken_by(of)->write(m).body, GetParam().body); // as a dead letter
    }
}

INSTANTIATE_TEST_SUITE_P(
    malformed_input, plain_envelope_reading,
    ::testing::Values(
        malformed{"", "no JSON"}, malformed{"{", "no JSON"}, malformed{"[]", "no JSON object"},
        malformed{"\"\xff\"", "no JSON"}, malformed{"{}", "eventId"},
        malformed{R"({"eventId":7,"userStatus":"USER_INSERT","userId":"ada"})", "eventId"},
        malformed{R"({"eventId":"e","userStatus":"USER_INSERT"})", "userId"},
        malformed{R"({"eventId":"e","userStatus":"USER_INSERT","userId":"a/b"})", "userId"},
        malformed{R"({"eventId":"e","userStatus":"USER_DANCE","userId":"ada"})", "userStatus"},
        malformed{R"({"eventId":"e","userId":"ada","serviceName":"x","userResponseStatus":"USER_SUCCES"})",
                  "serviceName"}));

TEST(plain_envelope, an_answer_with_another_status_is_not_read) {
    const auto m =
        read_by(role::user,
                R"({"eventId":"e","userId":"ada","serviceName":"chat","userResponseStatus":"USER_SUCCESS"})");
    EXPECT_NE(m.reason.find("neither USER_SUCCES nor USER_FAIL"), std::string::npos) << m.reason;
}

TEST(plain_envelope, bounds_what_it_reads) {
    EXPECT_NE(read_by(role::user, std::string(70'000, ' ')).reason.find("limit of 65536"), std::string::npos);
    EXPECT_NE(read_by(role::user, std::string(60'000, '[')).reason.find("no JSON"), std::string::npos);
    const auto long_id = read_by(role::chat, R"({"eventId":")" + std::string(129, 'e') +
                                                 R"(","userStatus":"USER_INSERT","userId":"ada"})");
    EXPECT_NE(long_id.reason.find("eventId"), std::string::npos);
}

TEST(plain_envelope, the_user_service_takes_no_requests) {
    const auto m = read_by(role::user, golden("plain_insert.json"));
    EXPECT_EQ(m.type, "");
    EXPECT_NE(m.reason.find("nobody here takes requests"), std::string::npos) << m.reason;
}

TEST(one_request, commands_that_are_the_same_bytes_go_once_and_are_reported_each) {
    const auto inner = sagaflow::memory::make_transport();
    std::promise<std::vector<sagaflow::delivery>> came;
    inner->open({"user.newUser.req"}, nullptr);
    inner->consume(
        {.address = "user.newUser.req", .group = "all"},
        [&](std::vector<sagaflow::delivery> batch, const auto&) { came.set_value(std::move(batch)); });
    const auto outer = make_one_request(inner, spoken_by(role::user));
    auto later = command(chat::take_back::type, message_kind::compensation);
    std::vector<sagaflow::published> report;
    outer->publish(
        {command(chat::add::type), later, command(customer::add::type)},
        [&](std::span<const sagaflow::published> r) { report.insert(report.end(), r.begin(), r.end()); });
    const auto batch = came.get_future().get();
    outer->close();
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch[0].content.type, chat::add::type);
    EXPECT_EQ(batch[1].content.type, chat::take_back::type);
    std::vector<std::size_t> indices;
    for (const auto& p : report) {
        indices.push_back(p.index);
        EXPECT_EQ(p.result, sagaflow::published::verdict::accepted);
    }
    std::sort(indices.begin(), indices.end());
    EXPECT_EQ(indices, (std::vector<std::size_t>{0, 1, 2}));
}

} // namespace
} // namespace signup
