#include "example_settings.hpp"

#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using sagaflow::config::example;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Values, of_every_kind_reach_their_members) {
    example demo;
    ASSERT_THAT(demo.mistakes_in(R"(
http: {host: "0.0.0.0", port: 0, tls: true, max_body: 1MiB, idle: 1500ms}
signup: {rate: 2.5e1, flow: synchronise}
store: {user: no, password: "s3cret: #1"}
kafka:
  brokers: [a:9092, "b:9092"]
  properties: {linger.ms: 5, acks: all}
)"),
                IsEmpty());
    EXPECT_EQ(demo.options.host, "0.0.0.0");
    EXPECT_EQ(demo.options.port, 0);
    EXPECT_TRUE(demo.options.tls);
    EXPECT_EQ(demo.options.max_body, 1024U * 1024);
    EXPECT_EQ(demo.options.idle, 1500ms);
    EXPECT_EQ(demo.options.rate, 25.0);
    EXPECT_EQ(demo.options.chosen, sagaflow::config::flow::synchronise);
    EXPECT_EQ(demo.options.user, "no");
    EXPECT_EQ(demo.options.password, "s3cret: #1");
    EXPECT_THAT(demo.options.brokers, ElementsAre("a:9092", "b:9092"));
    EXPECT_EQ(demo.options.extra, (sagaflow::config::properties{{"linger.ms", "5"}, {"acks", "all"}}));
    EXPECT_EQ(demo.options.extra[0].where, "demo.yaml:7:27");
}

TEST(Values, of_whole_numbers_are_decimal_and_within_bounds) {
    for (const auto* wrong : {"0123", "00", "0x10", "1_000", "1e3", "+5", "-1", "65536",
                              "99999999999999999999", "1.0", "''", "' 5'", "true", "-"}) {
        EXPECT_THAT(example().only_mistake_in(std::string("http: {port: ") + wrong + "}"),
                    HasSubstr("http.port: expected a whole number (0 to 65535), got "))
            << wrong;
    }
    EXPECT_THAT(example().only_mistake_in("http: {port: 0123}"), HasSubstr("leading zeros are refused"));
    example demo;
    EXPECT_THAT(demo.mistakes_in("http: {port: \"65535\"}"), IsEmpty());
    EXPECT_EQ(demo.options.port, 65535);
}

TEST(Values, of_booleans_are_true_or_false_and_no_other_words) {
    for (const auto* wrong : {"yes", "no", "on", "off", "True", "1", "''"}) {
        EXPECT_THAT(example().only_mistake_in(std::string("http: {tls: ") + wrong + "}"),
                    HasSubstr("http.tls: expected true or false, got "))
            << wrong;
    }
}

TEST(Values, of_numbers_are_finite) {
    for (const auto* wrong : {".inf", "inf", "nan", ".5", "1e999", "0x1p3", "1,5", "01.5", "1.5x", "-1.0"}) {
        EXPECT_THAT(example().only_mistake_in(std::string("signup: {rate: '") + wrong + "'}"),
                    HasSubstr("signup.rate: expected a number"))
            << wrong;
    }
}

TEST(Values, of_durations_have_a_unit) {
    std::chrono::seconds wait{1};
    std::chrono::nanoseconds fine{1};
    sagaflow::config::settings settings({.name = "demo"});
    settings.add("wait", &wait);
    settings.add("fine", &fine);
    const auto mistakes = [&](const std::string& text) {
        return settings.load({.arguments = {"--wait=" + text}});
    };
    for (const auto& [text, seconds] : {std::tuple{"0s", 0s},
                                        {"7s", 7s},
                                        {"2min", 120s},
                                        {"2m", 120s},
                                        {"3h", 10'800s},
                                        {"30d", 2'592'000s},
                                        {"5000ms", 5s}}) {
        EXPECT_THAT(mistakes(text), IsEmpty()) << text;
        EXPECT_EQ(wait, seconds) << text;
    }
    for (const auto* wrong :
         {"5", "s", "-5s", "1.5s", "5 s", "5S", "1h30m", "05s", "99999999999d", "1500ms", "1ns"}) {
        EXPECT_THAT(mistakes(wrong), testing::SizeIs(1)) << wrong;
    }
    EXPECT_THAT(mistakes("1500ms")[0].what, HasSubstr("finer than this setting can be"));
    EXPECT_THAT(settings.load({.arguments = {"--fine=9223372036854775807ns"}}), IsEmpty());
    EXPECT_EQ(fine, std::chrono::nanoseconds::max());
}

TEST(Values, of_sizes_have_a_unit) {
    std::uint64_t size = 1;
    sagaflow::config::settings settings({.name = "demo"});
    settings.add_size("size", &size);
    const auto mistakes = [&](const std::string& text) {
        return settings.load({.arguments = {"--size=" + text}});
    };
    for (const auto& [text, bytes] : {std::tuple{"0B", 0ULL},
                                      {"512B", 512ULL},
                                      {"64KiB", 65'536ULL},
                                      {"16MiB", 16'777'216ULL},
                                      {"1GiB", 1'073'741'824ULL}}) {
        EXPECT_THAT(mistakes(text), IsEmpty()) << text;
        EXPECT_EQ(size, bytes) << text;
    }
    for (const auto* wrong : {"16", "16MB", "16M", "16mib", "-1B", "9999999999TiB"}) {
        EXPECT_THAT(mistakes(wrong), testing::SizeIs(1)) << wrong;
    }
}

TEST(Values, may_name_environment_variables) {
    example demo;
    const auto load = [&](const std::string& host) {
        return demo.load({.file = "demo.yaml",
                          .text = "http: {host: \"" + host + "\"}",
                          .environment = {"NAME=svc", "EMPTY=", "TWICE=${NAME}", "YAML=a: [b"}});
    };
    for (const auto& [text, value] : {std::tuple{"${NAME}", "svc"},
                                      {"a-${NAME}.b", "a-svc.b"},
                                      {"${NO:-x}", "x"},
                                      {"${NO:-}", ""},
                                      {"${EMPTY:-x}", "x"},
                                      {"${EMPTY}", ""},
                                      {"${NAME:-x}", "svc"},
                                      {"${TWICE}", "${NAME}"},
                                      {"${YAML}", "a: [b"},
                                      {"$${NAME}", "${NAME}"},
                                      {"$NAME $", "$NAME $"},
                                      {"$$${NAME}", "$${NAME}"}}) {
        EXPECT_THAT(load(text), IsEmpty()) << text;
        EXPECT_EQ(demo.options.host, value) << text;
    }
    EXPECT_THAT(load("${NO}")[0], HasSubstr("demo.yaml:1:14: http.host: needs the environment variable NO"));
    EXPECT_THAT(load("${NAME")[0], HasSubstr("has a `${` without its `}`"));
    EXPECT_THAT(load("${}")[0], HasSubstr("neither ${NAME} nor ${NAME:-default}"));
    EXPECT_THAT(load("${1x}")[0], HasSubstr("neither ${NAME} nor ${NAME:-default}"));
}

TEST(Values, that_came_from_a_variable_are_not_repeated_in_a_message) {
    EXPECT_EQ(
        example().only_mistake({.file = "demo.yaml",
                                .text = "http: {port: \"${DB_PASSWORD}\"}",
                                .environment = {"DB_PASSWORD=hunter2"}}),
        R"(demo.yaml:1:14: http.port: expected a whole number (0 to 65535), got what "${DB_PASSWORD}" stands for)");
}

} // namespace
