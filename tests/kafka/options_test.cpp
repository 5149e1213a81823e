#include "kafka/options.hpp"

#include "support/thread_sanitizer.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/kafka.hpp>

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

std::vector<std::string> refused(const transport_options& o) {
    std::vector<std::string> names;
    for (const auto& r : check(o)) {
        EXPECT_FALSE(r.what.empty()) << r.name;
        names.push_back(r.name);
    }
    return names;
}
std::vector<std::string> refused_of(std::vector<property> properties) {
    transport_options o;
    o.properties = std::move(properties);
    return refused(o);
}
using names = std::vector<std::string>;

TEST(kafka_options, are_fine_as_they_are) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    EXPECT_EQ(refused(transport_options{}), names{});
}

TEST(kafka_options, pass_properties_on) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    EXPECT_EQ(refused_of({{"compression.type", "lz4"}, {"linger.ms", "5"}, {"fetch.min.bytes", "10"}}),
              names{});
}

TEST(kafka_options, refuse_each_property_that_librdkafka_does_not_know_or_accept) {
    EXPECT_EQ(refused_of({{"compresion.type", "lz4"}, {"linger.ms", "soon"}, {"fetch.min.bytes", "-1"}}),
              (names{"compresion.type", "linger.ms", "fetch.min.bytes"}));
}

TEST(kafka_options, refuse_properties_that_would_lose_messages_or_their_order) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    for (const std::string name :
         {"enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "enable.idempotence", "acks",
          "partitioner", "group.id", "group.instance.id", "transactional.id", "Enable.Auto.Commit"})
        EXPECT_EQ(refused_of({{name, "true"}}), names{name});
    EXPECT_EQ(refused_of({{"partition.assignment.strategy", "cooperative-sticky"}}),
              names{"partition.assignment.strategy"});
    EXPECT_EQ(refused_of({{"partition.assignment.strategy", "roundrobin"}}), names{});
}

TEST(kafka_options, refuse_properties_that_contradict_each_other) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    EXPECT_EQ(refused_of({{"max.in.flight", "100"}}), names{"max.in.flight"}) << "the producer is idempotent";
}

TEST(kafka_options, refuse_a_property_that_is_an_option_and_say_which) {
    transport_options o;
    o.properties = {{"sasl.password", "hidden"}, {"bootstrap.servers", "there:9092"}};
    const auto found = check(o);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_NE(found[0].what.find("sasl.password instead"), std::string::npos) << found[0].what;
    EXPECT_NE(found[1].what.find("hosts instead"), std::string::npos) << found[1].what;
    EXPECT_EQ(found[0].what.find("hidden"), std::string::npos);
}

TEST(kafka_options, refuse_a_host_that_can_not_be_one) {
    SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER();
    for (const auto* good : {"127.0.0.1", "kafka:9092", "[::1]:9092", "[::1]"})
        EXPECT_EQ(refused({.hosts = {good}}), names{}) << good;
    for (const auto* bad : {"", ":9092", "kafka:", "kafka:x", "kafka:0", "kafka:65536", "a:1,b:2", "a, b",
                            "[::1", "PLAINTEXT://kafka:9092", "kafka:9092 "})
        EXPECT_EQ(refused({.hosts = {bad}}), names{"hosts"}) << bad;
    EXPECT_EQ(refused({.hosts = {}}), names{"hosts"});
    EXPECT_EQ(refused({.hosts = {"a:x", "b:9092", "c:x"}}), (names{"hosts", "hosts"}));
}

TEST(kafka_options, name_what_does_not_fit_together) {
    transport_options o;
    o.hosts = {"a:9092", ""};
    o.sasl = {.mechanism = "GSSAPI", .user = "ada"};
    o.tls = {.enabled = true, .ca_file = "no-such-file.pem", .certificate_file = "no-such-file.pem"};
    o.partitions = 0;
    EXPECT_EQ(refused(o), (names{"hosts", "partitions", "sasl.mechanism", "tls.key_file", "tls.ca_file",
                                 "tls.certificate_file"}));
    o = {};
    o.publish_timeout = {}; // librdkafka would try for ever
    EXPECT_EQ(refused(o), names{"publish_timeout"});
    o = {};
    o.sasl.password = "hidden";
    EXPECT_EQ(refused(o), names{"sasl.mechanism"});
}

TEST(kafka_options, make_no_transport_when_one_is_refused) {
    transport_options o;
    o.properties = {{"linger.ms", "soon"}};
    try {
        make_transport(o);
        FAIL();
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::invalid_argument);
        EXPECT_NE(std::string(e.what()).find("linger.ms"), std::string::npos) << e.what();
    }
}

std::string value_of(const conf_handle& conf, const char* name) {
    std::array<char, 64> text{};
    std::size_t size = text.size();
    rd_kafka_conf_get(conf.get(), name, text.data(), &size);
    return text.data();
}

TEST(kafka_options, have_one_producer_wait_for_more_and_the_other_not) {
    const auto prompt = make_conf({}, role::prompt_producer);
    EXPECT_EQ(std::stod(value_of(prompt, "linger.ms")), 0);
    const auto bulk = make_conf({}, role::bulk_producer);
    EXPECT_EQ(std::stod(value_of(bulk, "linger.ms")), 5);
    EXPECT_EQ(value_of(bulk, "batch.num.messages"), "200");
    EXPECT_EQ(value_of(make_conf({.properties = {{"batch.num.messages", "50"}}}, role::bulk_producer),
                       "batch.num.messages"),
              "50");
}

} // namespace
} // namespace sagaflow::kafka
