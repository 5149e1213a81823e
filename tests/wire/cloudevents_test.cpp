// The envelope, both ways. What is written is compared with files, byte for byte.
#include <sagaflow/error.hpp>
#include <sagaflow/wire.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace sagaflow::wire {
namespace {

message command() {
    message m;
    m.id = "signup-ada~7/open-chat/action";
    m.source = "urn:sagaflow:0123456789abcdef";
    m.type = "chats.open";
    m.kind = message_kind::command;
    m.attempt = 2;
    m.started = time_point(duration(1'700'000'000'000));
    m.issued = time_point(duration(1'700'000'000'123));
    m.saga_id = "signup-ada";
    m.saga_type = "user-signup";
    m.step = "open-chat";
    m.reply_to = "user.replies";
    m.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    m.trace_state = "vendor=1";
    m.body = R"({"user_id":"ada"})";
    return m;
}

message reply() {
    message m;
    m.id = "signup-ada~7/open-chat/action/reply";
    m.source = "chat";
    m.type = "chats.open";
    m.kind = message_kind::reply;
    m.outcome = reply_outcome::rejected;
    m.saga_id = "signup-ada";
    m.saga_type = "user-signup";
    m.step = "open-chat";
    m.causation_id = "signup-ada~7/open-chat/action";
    m.body = R"({"reason":"duplicate-user"})";
    return m;
}

std::string shown(const carried& c) {
    std::ostringstream out;
    const std::pair<const char*, const std::string&> natives[] = {{"content type", c.content_type},
                                                                  {"message id", c.message_id},
                                                                  {"correlation id", c.correlation_id},
                                                                  {"reply to", c.reply_to}};
    for (const auto& [name, value] : natives)
        if (!value.empty()) out << name << ": " << value << "\n";
    out << "\n";
    for (const auto& [name, value] : c.headers) out << name << ": " << value << "\n";
    out << "\n" << c.body << "\n";
    return out.str();
}

std::string golden(const std::string& name) {
    std::ifstream in(std::string(GOLDEN) + "/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

void expect_same(const message& a, const message& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.source, b.source);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.outcome, b.outcome);
    EXPECT_EQ(a.attempt, b.attempt);
    EXPECT_EQ(a.started, b.started);
    EXPECT_EQ(a.issued, b.issued);
    EXPECT_EQ(a.saga_id, b.saga_id);
    EXPECT_EQ(a.saga_type, b.saga_type);
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.reply_to, b.reply_to);
    EXPECT_EQ(a.causation_id, b.causation_id);
    EXPECT_EQ(a.trace_parent, b.trace_parent);
    EXPECT_EQ(a.trace_state, b.trace_state);
    EXPECT_EQ(a.body, b.body);
    EXPECT_EQ(a.reason, b.reason);
}

TEST(cloudevents, writes_what_stands_in_the_files) {
    const auto kafka = make_cloudevents({.prefix = "ce_", .spring = true});
    const auto amqp = make_cloudevents();
    EXPECT_EQ(shown(kafka->write(command())), golden("kafka_command.txt"));
    EXPECT_EQ(shown(kafka->write(reply())), golden("kafka_reply.txt"));
    EXPECT_EQ(shown(amqp->write(command())), golden("amqp_command.txt"));
    EXPECT_EQ(shown(amqp->write(reply())), golden("amqp_reply.txt"));
}

TEST(cloudevents, reads_what_it_wrote) {
    auto dead = command();
    dead.reason = "nobody knows it";
    for (const auto* prefix : {"ce-", "ce_", "cloudEvents:", "cloudEvents_"}) {
        const auto envelope = make_cloudevents({.prefix = prefix, .spring = true});
        for (const auto& m : {command(), reply(), dead, message{}})
            expect_same(envelope->read(envelope->write(m)), m);
    }
}

TEST(cloudevents, reads_structured_mode) {
    carried c;
    c.content_type = "Application/CloudEvents+json; charset=UTF-8";
    c.body =
        R"({"specversion":"1.0","id":"7","source":"x","type":"chats.open","sagakind":"command","sagaid":"ada",)"
        R"("sagaattempt":3,"unknown":null,"data":{"price": 12.340,"big":123456789012345678901234567890}})";
    const auto m = make_cloudevents()->read(std::move(c));
    EXPECT_EQ(m.reason, "");
    EXPECT_EQ(m.type, "chats.open");
    EXPECT_EQ(m.attempt, 3U);
    EXPECT_EQ(m.saga_id, "ada");
    EXPECT_EQ(m.body, R"({"price": 12.340,"big":123456789012345678901234567890})");
}

TEST(cloudevents, an_answer_of_a_service_that_knows_no_headers_is_told_by_its_correlation) {
    carried native;
    native.correlation_id = "signup-ada~7/open-chat/action";
    native.body = "{}";
    carried spring;
    spring.headers = {{"kafka_correlationId", native.correlation_id}, {"spring_json_header_types", "{}"}};
    for (auto& c : {native, spring}) {
        const auto m = make_cloudevents()->read(carried(c));
        EXPECT_EQ(m.kind, message_kind::reply);
        EXPECT_EQ(m.causation_id, native.correlation_id);
        EXPECT_EQ(m.outcome, reply_outcome::success);
        EXPECT_EQ(m.reason, "");
    }
}

TEST(cloudevents, the_causation_that_a_participant_names_counts_more_than_its_correlation) {
    carried c;
    c.headers = {
        {"ce-causationid", "this"}, {"ce-sagaid", "a"}, {"ce-sagaid", "b"}, {"ce-correlationid", "c"}};
    c.correlation_id = "that";
    const auto m = make_cloudevents()->read(std::move(c));
    EXPECT_EQ(m.causation_id, "this");
    EXPECT_EQ(m.saga_id, "b");
}

TEST(cloudevents, a_dead_letter_of_an_unreadable_outcome_is_no_success) {
    carried c;
    c.headers = {{"ce-type", "chats.open"}, {"ce-sagakind", "reply"}, {"ce-sagaoutcome", "fine"}};
    const auto dead = make_cloudevents()->write(make_cloudevents()->read(std::move(c)));
    const auto has = [&](const std::string& name, const std::string& value) {
        return std::any_of(dead.headers.begin(), dead.headers.end(),
                           [&](const auto& h) { return h.first == name && h.second == value; });
    };
    EXPECT_TRUE(has("ce-sagareason", "sagaoutcome is 'fine', which nobody here knows"));
    EXPECT_TRUE(has("ce-sagaoutcome", "unknown"));
}

TEST(cloudevents, what_can_not_be_read_has_a_reason_and_no_type) {
    const auto said = [](carried c) {
        c.headers.add("ce-type", "chats.open");
        const auto body = c.body;
        const auto m =
            make_cloudevents({.limits = {.body_bytes = 100, .header_bytes = 200}})->read(std::move(c));
        EXPECT_EQ(m.type, "");
        EXPECT_EQ(m.body, body);
        return m.reason;
    };
    const auto with = [](const char* name, const std::string& value) {
        carried c;
        c.headers = {{name, value}};
        return c;
    };
    EXPECT_EQ(said(with("ce-specversion", "0.3")), "specversion is '0.3', not 1.0");
    EXPECT_EQ(said(with("ce-sagakind", "wish")), "sagakind is 'wish', which nobody here knows");
    EXPECT_EQ(said(with("ce-sagaoutcome", "a\nb")), "sagaoutcome is 'a b', which nobody here knows");
    EXPECT_EQ(said(with("ce-sagaattempt", "-1")), "sagaattempt is '-1', not a number from 0 to 4294967295");
    EXPECT_EQ(said(with("ce-sagaissued", "12x")),
              "sagaissued is '12x', not a number from 0 to 253402300799999");
    EXPECT_EQ(said(with("x", std::string(300, 'x'))), "its headers of 318 bytes is over the limit of 200");
    carried large;
    large.body = std::string(101, 'x');
    EXPECT_EQ(said(large), "its body of 101 bytes is over the limit of 100");
    carried batch;
    batch.content_type = "application/cloudevents-batch+json";
    EXPECT_EQ(said(batch), "it is a batch of CloudEvents: send each as a message of its own");
    carried not_json;
    not_json.content_type = "application/cloudevents+json";
    not_json.body = "[";
    EXPECT_NE(said(not_json).find("it is not a CloudEvent in JSON: "), std::string::npos);
}

TEST(cloudevents, control_characters_do_not_leave_in_headers) {
    auto m = command();
    m.reason = "two\r\nlines";
    const auto written = make_cloudevents()->write(m).headers;
    EXPECT_NE(
        std::find(written.begin(), written.end(), header_list::value_type("ce-sagareason", "two  lines")),
        written.end());
}

TEST(cloudevents, another_prefix_is_refused) {
    EXPECT_THROW(make_cloudevents({.prefix = "x-"}), error);
}

} // namespace
} // namespace sagaflow::wire
