// What strangers see of our messages, by kcat, and what we make of theirs.
#include "support/service_address.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>
#include <sagaflow/wire.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace sagaflow::testing {
namespace {

std::string content(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

struct kafka_strangers : ::testing::Test {
    void connect(std::shared_ptr<const wire::envelope> envelope = {}) {
        bus = kafka::make_transport(
            {.hosts = {service_address("kafka")}, .partitions = 1, .envelope = std::move(envelope)});
        bus->open({topic}, [](const transport_health&) {});
    }
    ~kafka_strangers() override { bus->close(); }

    // What kcat prints.
    std::string kcat(const std::string& arguments, const std::string& input = {}) {
        const auto in = folder.write("in", input);
        const auto out = folder.file("out");
        const auto command = "timeout 30 kcat -q -b " + service_address("kafka") + " -t " + topic + " " +
                             arguments + " <" + in + " >" + out;
        EXPECT_EQ(std::system(command.c_str()), 0) << command;
        return content(out);
    }
    std::string as_seen() { return kcat("-C -o beginning -e -f 'key: %k\nheaders: %h\nbody: %s\n'"); }

    temp_folder folder;
    std::string topic = unique_name("stranger");
    std::shared_ptr<transport> bus;
};

TEST_F(kafka_strangers, see_a_command_and_a_reply_as_written_down) {
    connect();
    auto command = make_message(topic, "signup-ada", 1);
    command.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    auto reply = make_message(topic, "signup-ada", 1);
    reply.id += "/reply";
    reply.kind = message_kind::reply;
    reply.outcome = reply_outcome::rejected;
    reply.causation_id = command.id;
    reply.reply_to.clear();
    reply.body = R"({"reason":"duplicate-user"})";
    publisher(bus).publish_all({command, reply});
    EXPECT_EQ(as_seen(), content(GOLDEN "/messages.txt"));
}

TEST_F(kafka_strangers, of_spring_find_their_headers) {
    connect(wire::make_cloudevents({.prefix = "ce_", .spring = true}));
    publisher(bus).publish_all({make_message(topic, "signup-ada", 1)});
    const auto seen = as_seen();
    EXPECT_NE(seen.find("kafka_correlationId=signup-ada~1/step-1/action"), std::string::npos) << seen;
    EXPECT_NE(seen.find("kafka_replyTopic=user.replies"), std::string::npos) << seen;
}

TEST_F(kafka_strangers, may_answer_with_one_echoed_header) {
    connect();
    kcat("-P -H kafka_correlationId=ada~1/step-1/action -H id=7", "{\"room_id\":\"r1\"}");
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g"});
    const auto m = r.wait_for(1)[0].content;
    EXPECT_EQ(m.causation_id, "ada~1/step-1/action");
    EXPECT_EQ(m.body, "{\"room_id\":\"r1\"}");
    EXPECT_EQ(m.address, topic);
}

TEST_F(kafka_strangers, may_send_what_cant_be_read_and_the_next_message_comes_all_the_same) {
    connect();
    kcat("-P", "no headers at all");
    kcat("-P -H content-type=application/cloudevents+json", "{\"specversion\":\"1.0\",\"id\":");
    kcat("-P -Z -k ada -H ce_id=1"); // a tombstone
    publisher(bus).publish_all({make_message(topic, "ada", 1)});
    receiver r;
    r.subscribe(*bus, {.address = topic, .group = "g", .types = {"chats.open"}});
    const auto came = r.wait_for(3);
    EXPECT_EQ(came[0].content.type, "");
    EXPECT_EQ(came[0].content.body, "no headers at all");
    EXPECT_EQ(came[1].content.type, "");
    EXPECT_NE(came[1].content.reason, "");
    EXPECT_EQ(came.back().content.saga_id, "ada");
}

} // namespace
} // namespace sagaflow::testing
