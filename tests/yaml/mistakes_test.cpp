#include "example_settings.hpp"
#include "support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using sagaflow::config::example;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* full_of_mistakes = R"(http:
  host: [a, b]
  prot: 8000
  port: eighty
  tls: yes
  max_body: 2MiB
  idle: 5
  idle: 6s
htpt: {}
signup:
  rate: 0.1
  flow: synchronize
  <<: {rate: 2}
store:
  user:
  password: ${NOT_SET}
kafka:
  brokers: kafka:9092
  properties:
    linger.ms: [5]
    acks: all
    acks: none
  acks: all
signup.rate: 7
port: 9000
http:
  port: 70000
)";

TEST(Mistakes, all_of_a_file_are_reported_at_once_with_their_places) {
    EXPECT_THAT(
        example().mistakes_in(full_of_mistakes),
        ElementsAre(
            R"(demo.yaml:2:9: http.host: expected a text, got a list)",
            R"(demo.yaml:3:3: http.prot: unknown setting; did you mean "port"?)",
            R"(demo.yaml:4:9: http.port: expected a whole number (0 to 65535), got "eighty")",
            R"(demo.yaml:5:8: http.tls: expected true or false, got "yes")",
            R"(demo.yaml:6:13: http.max_body: expected a size such as 64KiB or 16MiB (1KiB to 1MiB), got "2MiB")",
            R"(demo.yaml:7:9: http.idle: expected a duration such as 5s or 200ms (1s to 1h), got "5" (the unit is missing))",
            R"(demo.yaml:8:3: http.idle: is set twice; first at line 7)",
            R"(demo.yaml:9:1: htpt: unknown setting; did you mean "http"?)",
            R"(demo.yaml:11:9: signup.rate: expected a number of sign-ups a second (0.5 to 100), got "0.1")",
            R"(demo.yaml:12:9: signup.flow: expected compensate or synchronise, got "synchronize"; did you mean "synchronise"?)",
            R"(demo.yaml:13:3: signup: merge keys (`<<`) are not supported; write the settings out)",
            R"(demo.yaml:15:3: store.user: has no value; expected a text, or leave the line out)",
            R"(demo.yaml:16:13: store.password: needs the environment variable NOT_SET, which is not set; set it, or write ${NOT_SET:-default})",
            R"(demo.yaml:18:12: kafka.brokers: expected a list of texts, as in `[one, two]`)",
            R"(demo.yaml:20:16: kafka.properties.linger.ms: expected a text)",
            R"(demo.yaml:22:5: kafka.properties.acks: is set twice; first at line 21)",
            R"(demo.yaml:23:3: kafka.acks: unknown setting)",
            R"(demo.yaml:24:1: signup.rate: write one name a level, as in `http:` and below it `port: 8000`)",
            R"(demo.yaml:25:1: port: unknown setting; did you mean "http.port"?)",
            R"(demo.yaml:26:1: http: is set twice; first at line 1)",
            R"(demo.yaml:27:9: http.port: is set twice; first at demo.yaml:4:9)"));
}

TEST(Mistakes, change_nothing_not_even_what_was_right) {
    example demo;
    EXPECT_THAT(demo.mistakes_in("http: {port: 9000, tls: maybe}"), testing::SizeIs(1));
    EXPECT_EQ(demo.options.port, 8000);
    EXPECT_THAT(demo.effective(), HasSubstr("port: 8000 # default"));
}

TEST(Mistakes, of_all_sources_come_together_in_the_order_of_the_sources) {
    EXPECT_THAT(
        example().load({.file = "demo.yaml",
                        .text = "http: {port: x}",
                        .environment = {"DEMO__HTTP__PORT=y", "DEMO__HTTP__PROT=1", "HOME=/root"},
                        .arguments = {"--http.port=z", "--prot", "1", "stray", "--http.tls=no"}}),
        ElementsAre(
            R"(demo.yaml:1:14: http.port: expected a whole number (0 to 65535), got "x")",
            R"(environment variable DEMO__HTTP__PORT: http.port: expected a whole number (0 to 65535), got "y")",
            R"(environment variable DEMO__HTTP__PROT: no setting has this variable; did you mean "DEMO__HTTP__PORT"?)",
            R"(command line: unknown option "--prot"; did you mean --port?)",
            R"(command line: unexpected argument "1"; options begin with --)",
            R"(command line: unexpected argument "stray"; options begin with --)",
            R"(--http.port: http.port: expected a whole number (0 to 65535), got "z")",
            R"(--http.tls: http.tls: expected true or false, got "no")"));
}

TEST(Mistakes, beyond_a_hundred_are_counted) {
    std::string text;
    for (int i = 0; i < 250; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
    const auto lines = example().mistakes_in(text);
    ASSERT_EQ(lines.size(), 101U);
    EXPECT_EQ(lines.back(), "and 150 more mistakes");
}

TEST(Mistakes, repeat_no_control_characters_and_nothing_long) {
    const auto line = example().only_mistake_in(R"(http: {port: "a\nb\e[2J)" + std::string(500, 'x') + "\"}");
    EXPECT_THAT(line, HasSubstr(R"(got "a\nb\u001b[2Jxxx)"));
    EXPECT_LT(line.size(), 200U);
    EXPECT_THAT(example().only_mistake_in(R"("a\nb": 1)"),
                HasSubstr(R"(demo.yaml:1:1: a\nb: unknown setting)"));
}

TEST(Mistakes, a_file_that_is_no_map_of_settings_is_refused) {
    EXPECT_EQ(example().only_mistake_in("just text"),
              "demo.yaml:1:1: expected settings, as in `name: value`");
    EXPECT_EQ(example().only_mistake_in("[http, port]"),
              "demo.yaml:1:1: expected settings, as in `name: value`");
    EXPECT_EQ(example().only_mistake_in("http: 8000"),
              "demo.yaml:1:7: http: expected settings, as in `name: value`");
}

TEST(Mistakes, a_file_that_cannot_be_read_is_named_with_the_reason) {
    const sagaflow::testing::temp_folder folder;
    const std::string missing = folder.file("missing.yaml");
    EXPECT_EQ(example().only_mistake({.file = missing}),
              missing + ": can't be read: No such file or directory");
    EXPECT_EQ(example().only_mistake({.arguments = {"--config", missing}}),
              missing + ": can't be read: No such file or directory");
    EXPECT_EQ(example().only_mistake({.arguments = {"--config="}}), "--config: needs the name of a file");
    EXPECT_EQ(example().only_mistake({.file = folder.path().string()}),
              folder.path().string() + ": can't be read: Is a directory");
}

TEST(Mistakes, a_required_setting_that_nobody_sets_is_one) {
    std::string data;
    sagaflow::config::settings settings({.name = "demo"});
    settings.add("data", &data, {.required = true});
    const auto missing = settings.load({.file = "demo.yaml", .text = ""});
    ASSERT_EQ(missing.size(), 1U);
    EXPECT_EQ(missing[0].text(),
              "demo.yaml: data: is required; set it in the file, as SAGAFLOW__DATA, or as --data");
    const auto empty = settings.load({.arguments = {"--data="}});
    ASSERT_EQ(empty.size(), 1U);
    EXPECT_EQ(empty[0].text(), R"(--data: data: expected a text, got "" (it must not be empty))");
    EXPECT_THAT(settings.load({.arguments = {"--data=x"}}), IsEmpty());
}

TEST(Mistakes, that_the_program_finds_itself_stand_at_the_place_of_the_setting) {
    example demo;
    demo.settings.check([&](const auto& refuse) {
        if (demo.options.port == 6000) refuse("http.port", "is the port of X11");
        for (const auto& pair : demo.options.extra) {
            if (pair.name == "acks") refuse("kafka.properties.acks", "is set by the engine");
        }
    });
    EXPECT_THAT(demo.mistakes_in("http: {port: 6000}\nkafka:\n  properties:\n    acks: all\n"),
                ElementsAre("demo.yaml:1:14: http.port: is the port of X11",
                            "demo.yaml:4:11: kafka.properties.acks: is set by the engine"));
    EXPECT_EQ(demo.options.port, 8000);
    EXPECT_THAT(demo.options.extra, IsEmpty());
    EXPECT_THAT(demo.mistakes_in("http: {port: 6001}"), IsEmpty());
    EXPECT_EQ(demo.options.port, 6001);
}

TEST(Mistakes, a_check_that_throws_leaves_everything_as_it_was) {
    example demo;
    demo.settings.check([](const auto&) { throw std::runtime_error("no"); });
    EXPECT_THROW(demo.mistakes_in("http: {port: 6000}"), std::runtime_error);
    EXPECT_EQ(demo.options.port, 8000);
}

} // namespace
