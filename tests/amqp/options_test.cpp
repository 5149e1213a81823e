#include "amqp/connection.hpp"
#include "amqp/topology.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/error.hpp>

#include <gtest/gtest.h>

namespace sagaflow::amqp {
namespace {

std::vector<std::string> refused(const transport_options& o) {
    std::vector<std::string> names;
    for (const auto& r : check(o)) names.push_back(r.name);
    return names;
}

TEST(amqp_options, a_host_may_have_a_port_and_may_be_an_address) {
    const auto at = [](const std::string& text, bool tls = false) {
        return parse_endpoint(text, tls).text();
    };
    EXPECT_EQ(at("rabbit"), "rabbit:5672");
    EXPECT_EQ(at("rabbit", true), "rabbit:5671");
    EXPECT_EQ(at("127.0.0.1:1234"), "127.0.0.1:1234");
    EXPECT_EQ(at("[::1]"), "::1:5672");
    EXPECT_EQ(at("[::1]:99"), "::1:99");
    for (const auto* bad :
         {"", ":1", "rabbit:", "rabbit:0", "rabbit:65536", "rabbit:x", "rabbit:1x", "[::1", "[::1]x1"})
        EXPECT_THROW(parse_endpoint(bad, false), error) << bad;
}

TEST(amqp_options, all_that_is_wrong_is_named) {
    EXPECT_TRUE(refused({}).empty());
    transport_options o;
    o.hosts = {"rabbit", "rabbit:x"};
    o.tls.ca_file = "/nowhere/ca.pem";
    o.tls.key_file = "/nowhere/key.pem";
    o.in_flight = 0;
    o.heartbeat = std::chrono::seconds(0);
    o.new_queue_pause = std::chrono::milliseconds(-1);
    EXPECT_EQ(refused(o),
              (std::vector<std::string>{"hosts", "tls.ca_file", "tls.key_file", "tls.certificate_file",
                                        "heartbeat", "in_flight", "new_queue_pause"}));
    EXPECT_EQ(refused({.hosts = {}}), (std::vector<std::string>{"hosts"}));
    try {
        make_transport(o);
        FAIL() << "it was made";
    } catch (const error& e) {
        EXPECT_NE(std::string(e.what()).find("'hosts'"), std::string::npos) << e.what();
    }
}

TEST(amqp_options, a_queue_of_a_sole_owner_is_named_as_its_address) {
    EXPECT_EQ(queue_of({.address = "chats", .group = "chat"}), "chats.chat");
    EXPECT_EQ(queue_of({.address = "user.replies", .group = "user", .sole_owner = "ada"}), "user.replies");
}

TEST(amqp_options, names_that_can_not_be_are_refused) {
    EXPECT_NO_THROW(check_names({.address = "chats", .group = "chat"}));
    for (const auto& [address, group] : {std::pair<std::string, std::string>{"", "g"},
                                         {"amq.topic", "g"},
                                         {std::string(231, 'x'), "g"},
                                         {"chats", std::string(230, 'x')},
                                         {"chats", "dead"},
                                         {"chats", "sole-owner"}})
        EXPECT_THROW(check_names({.address = address, .group = group}), error) << address << " " << group;
}

} // namespace
} // namespace sagaflow::amqp
