// One file for all programs, and what they refuse in it.
#include "programs/options.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <support/temp_folder.hpp>
#include <support/thread_sanitizer.hpp>

namespace signup {
namespace {

std::vector<std::string> mistakes(role of, const std::string& text, program_options& o) {
    std::vector<std::string> found;
    for (const auto& m : settings_of(o, of).load({.file = "signup.yaml", .text = text}))
        found.push_back(m.text());
    return found;
}

std::vector<std::string> mistakes(role of, const std::string& text) {
    program_options o;
    return mistakes(of, text, o);
}

TEST(options, one_file_is_accepted_by_every_program_with_the_sections_of_the_others) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    for (const auto of : {role::all, role::user, role::chat, role::customer}) {
        program_options o;
        EXPECT_TRUE(settings_of(o, of).load({.file = SIGNUP_YAML}).empty());
        EXPECT_EQ(o.bus.kafka.partitions, 12);
        EXPECT_EQ(o.chat.http.port, 8001);
        EXPECT_EQ(o.customer.instances, std::vector<std::string>{"127.0.0.1:8002"});
    }
}

TEST(options, chat_and_customer_can_have_a_topic_each) {
    program_options o;
    EXPECT_EQ(mistakes(role::all, "topics: {commands: shared}\ncustomer: {topic: own}\n", o).size(), 0U);
    EXPECT_EQ(o.chat_topic(), "shared");
    EXPECT_EQ(o.customer_topic(), "own");
}

TEST(options, a_mistake_in_the_section_of_another_program_is_a_mistake_too) {
    EXPECT_EQ(mistakes(role::customer, "transport: {kind: amqp}\nchat: {grup: chats}\n").size(), 1U);
}

TEST(options, the_port_on_the_command_line_is_the_programs_own) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    const auto port_after = [](role of) {
        program_options o;
        settings_of(o, of).load({.arguments = {"--transport", "kafka", "--port", "7000"}});
        return std::vector{o.http.port, o.chat.http.port, o.customer.http.port};
    };
    using ports = std::vector<std::uint16_t>;
    EXPECT_EQ(port_after(role::user), (ports{7000, 8001, 8002}));
    EXPECT_EQ(port_after(role::chat), (ports{8000, 7000, 8002}));
    EXPECT_EQ(port_after(role::customer), (ports{8000, 8001, 7000}));
}

TEST(options, a_program_that_is_one_service_needs_a_broker) {
    EXPECT_EQ(mistakes(role::all, ""), std::vector<std::string>{});
    const auto found = mistakes(role::chat, "");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("transport.kind: is memory"), std::string::npos) << found[0];
}

#ifdef SIGNUP_HAVE_KAFKA
TEST(options, a_property_that_would_break_a_promise_is_refused_with_its_place) {
    const auto found = mistakes(role::user,
                                "transport:\n  kind: kafka\n  kafka:\n    properties:\n"
                                "      group.id: mine\n      nonsense: 1\n");
    ASSERT_EQ(found.size(), 2U);
    EXPECT_TRUE(found[0].starts_with("signup.yaml:5:")) << found[0];
    EXPECT_NE(found[1].find("transport.kafka.properties.nonsense"), std::string::npos) << found[1];
}
#endif

#ifdef SIGNUP_HAVE_AMQP
TEST(options, what_the_transport_refuses_is_told_with_the_name_of_the_setting) {
    const auto found = mistakes(role::user, "transport: {kind: amqp, amqp: {hosts: [\"host:port\"]}}\n");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].find("transport.amqp.hosts"), std::string::npos) << found[0];
}
#endif

TEST(options, a_password_is_taken_from_a_file_and_never_from_the_command_line) {
    sagaflow::testing::temp_folder folder;
    const auto file = folder.write("secret", "tell nobody\n");
    program_options o;
    EXPECT_EQ(mistakes(role::all, "transport: {amqp: {password_file: " + file + "}}\n", o).size(), 0U);
    EXPECT_EQ(o.bus.amqp.password, "tell nobody");
    EXPECT_EQ(settings_of(o).load({.arguments = {"--transport.kafka.sasl.password=x"}}).size(), 1U);
}

TEST(options, plain_requests_on_one_topic_can_not_undo_and_are_refused) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    const std::string plain = "transport: {kind: kafka}\nwire: plain\n";
    for (const auto of : {role::user, role::chat}) {
        const auto found = mistakes(of, plain);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_NE(found[0].find("Set chat.topic and customer.topic"), std::string::npos) << found[0];
    }
    const auto none = std::vector<std::string>{};
    EXPECT_EQ(mistakes(role::user, plain + "signup: {flow: synchronise}\n"), none);
    EXPECT_EQ(mistakes(role::user, plain + "chat: {topic: user.newUser.req.chat}\n"), none);
}

TEST(options, plain_answers_of_two_services_of_one_name_can_not_be_told_apart) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    EXPECT_EQ(mistakes(role::user,
                       "transport: {kind: kafka}\nwire: plain\nsignup: {flow: synchronise}\n"
                       "customer: {service_name: chat}\n")
                  .size(),
              1U);
}

TEST(options, an_instance_is_an_address_and_a_port) {
    for (const auto* bad : {"127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:99999", "h:80a"})
        EXPECT_EQ(mistakes(role::all, "chat: {instances: [\"" + std::string(bad) + "\"]}\n").size(), 1U)
            << bad;
}

} // namespace
} // namespace signup
