#include "example_settings.hpp"
#include "support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using sagaflow::config::example;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Sources, a_later_one_wins_default_file_environment_command_line) {
    example demo;
    sagaflow::config::sources from;
    EXPECT_THAT(demo.load(from), IsEmpty());
    EXPECT_EQ(demo.options.port, 8000);
    from.file = "demo.yaml";
    from.text = "http: {port: 1}";
    EXPECT_THAT(demo.load(from), IsEmpty());
    EXPECT_EQ(demo.options.port, 1);
    from.environment = {"DEMO__HTTP__PORT=2"};
    EXPECT_THAT(demo.load(from), IsEmpty());
    EXPECT_EQ(demo.options.port, 2);
    from.arguments = {"--http.port=3"};
    EXPECT_THAT(demo.load(from), IsEmpty());
    EXPECT_EQ(demo.options.port, 3);
    EXPECT_THAT(demo.load({}), IsEmpty());
    EXPECT_EQ(demo.options.port, 8000) << "what no source sets any more has its default again";
}

TEST(Sources, the_environment_sets_every_kind_but_maps) {
    example demo;
    EXPECT_THAT(demo.load({.environment = {"DEMO__HTTP__MAX_BODY=2KiB", "DEMO__HTTP__TLS=true",
                                           "DEMO__KAFKA__BROKERS=a:1, b:2", "DEMO__SIGNUP__FLOW=synchronise",
                                           "DEMO_OTHER=1", "DEMOX__HTTP__PORT=1", "NO_EQUALS"}}),
                IsEmpty());
    EXPECT_EQ(demo.options.max_body, 2048U);
    EXPECT_TRUE(demo.options.tls);
    EXPECT_THAT(demo.options.brokers, ElementsAre("a:1", "b:2"));
    EXPECT_EQ(demo.only_mistake({.environment = {"DEMO__KAFKA__PROPERTIES=x"}}),
              "environment variable DEMO__KAFKA__PROPERTIES: kafka.properties: a map can't be set in the "
              "environment; "
              "set it in the file");
    EXPECT_THAT(demo.only_mistake({.environment = {"DEMO__http__port=1"}}),
                HasSubstr("no setting has this variable"));
}

TEST(Sources, the_command_line_takes_values_after_an_equals_sign_or_a_blank) {
    example demo;
    EXPECT_THAT(demo.load({.arguments = {"--port", "0", "--http.tls", "--flow=synchronise", "--http.host",
                                         "::1", "--kafka.brokers=a,b"}}),
                IsEmpty());
    EXPECT_EQ(demo.options.port, 0);
    EXPECT_TRUE(demo.options.tls);
    EXPECT_EQ(demo.options.host, "::1");
    EXPECT_THAT(demo.options.brokers, ElementsAre("a", "b"));
    EXPECT_THAT(demo.load({.arguments = {"--http.tls=false"}}), IsEmpty());
    EXPECT_FALSE(demo.options.tls);
}

TEST(Sources, the_command_line_adds_single_pairs_to_a_map) {
    example demo;
    EXPECT_THAT(demo.load({.file = "demo.yaml",
                           .text = "kafka: {properties: {linger.ms: 5, acks: all}}",
                           .arguments = {"--kafka.properties.linger.ms=7", "--kafka.properties.x=y"}}),
                IsEmpty());
    EXPECT_EQ(demo.options.extra,
              (sagaflow::config::properties{{"linger.ms", "7"}, {"acks", "all"}, {"x", "y"}}));
    EXPECT_THAT(demo.only_mistake({.arguments = {"--kafka.properties=x"}}), HasSubstr("expected one pair"));
}

TEST(Sources, mistakes_of_the_command_line_say_what_to_write) {
    EXPECT_THAT(example().load({.arguments = {"--htp.port=1", "--port", "1", "--http.port=2", "--", "-x",
                                              "--check-config=1", "--max_body=1KiB", "--zzz",
                                              "--kafka.properties.a\nb", "--http.host"}}),
                ElementsAre(R"(command line: unknown option "--htp.port"; did you mean --http.port?)",
                            R"(command line: unexpected argument "--"; options begin with --)",
                            R"(command line: unexpected argument "-x"; options begin with --)",
                            R"(--check-config: takes no value)",
                            R"(command line: unknown option "--max_body"; did you mean --http.max_body?)",
                            R"(command line: unknown option "--zzz"; --help lists all)",
                            R"(--kafka.properties.a\nb: needs a value, as in --kafka.properties.a\nb=VALUE)",
                            R"(--http.host: needs a value, as in --http.host=VALUE)",
                            R"(--http.port: http.port: is set twice; first at --port)"));
}

class Start : public testing::Test {
  protected:
    std::optional<int> start(std::vector<std::string> arguments) {
        out.str("");
        err.str("");
        return demo.settings.start({.arguments = std::move(arguments)}, out, err);
    }
    example demo;
    std::ostringstream out;
    std::ostringstream err;
};

TEST_F(Start, goes_on_without_a_word_when_all_is_well) {
    EXPECT_EQ(start({"--port=0"}), std::nullopt);
    EXPECT_EQ(out.str() + err.str(), "");
    EXPECT_EQ(demo.options.port, 0);
}

TEST_F(Start, ends_with_status_1_and_every_mistake_on_its_line) {
    EXPECT_EQ(start({"--port=x", "--flow=y"}), 1);
    EXPECT_EQ(out.str(), "");
    EXPECT_EQ(err.str(),
              "--port: http.port: expected a whole number (0 to 65535), got \"x\"\n"
              "--flow: signup.flow: expected compensate or synchronise, got \"y\"\n");
}

TEST_F(Start, check_config_says_whether_the_settings_are_right_and_ends) {
    EXPECT_EQ(start({"--check-config"}), 0);
    EXPECT_EQ(out.str(), "the settings are valid\n");
    EXPECT_EQ(start({"--check-config", "--port=x"}), 1);
    EXPECT_THAT(err.str(), HasSubstr("--port: http.port"));
}

TEST_F(Start, print_config_prints_what_is_in_force_and_ends) {
    EXPECT_EQ(start({"--print-config", "--port=7"}), 0);
    EXPECT_EQ(out.str(), demo.effective());
    EXPECT_THAT(out.str(), HasSubstr("port: 7 # --port\n"));
}

TEST_F(Start, help_and_reference_are_printed_whatever_else_is_wrong) {
    EXPECT_EQ(start({"--port=x", "--help"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("usage: demo [options]\nSigns users up.\n"));
    EXPECT_THAT(out.str(), HasSubstr("--http.port, --port\n"));
    EXPECT_EQ(start({"-h"}), 0);
    EXPECT_EQ(start({"--print-reference", "--port=x"}), 0);
    EXPECT_THAT(out.str(), HasSubstr("# Settings of demo\n"));
    EXPECT_EQ(start({"--help", "--print-config"}), 0);
    EXPECT_EQ(start({"--check-config", "--print-config"}), 1);
    EXPECT_THAT(err.str(), HasSubstr("can't be combined"));
}

TEST_F(Start, takes_arguments_and_environment_of_the_process) {
    const char* const arguments[] = {"demo", "--port=7"};
    ASSERT_EQ(setenv("DEMO__HTTP__HOST", "::1", 1), 0);
    EXPECT_EQ(demo.settings.start(2, arguments, out, err), std::nullopt);
    unsetenv("DEMO__HTTP__HOST");
    EXPECT_EQ(demo.options.port, 7);
    EXPECT_EQ(demo.options.host, "::1");
}

TEST_F(Start, reads_the_default_file_when_it_is_there) {
    const sagaflow::testing::temp_folder folder;
    const std::string file = folder.file("demo.yaml");
    int port = 1;
    const auto start_program = [&](std::vector<const char*> arguments) {
        arguments.insert(arguments.begin(), "demo");
        sagaflow::config::settings settings(
            {.name = "demo", .environment_prefix = "NOBODY_SETS_THIS", .default_file = file});
        settings.add("port", &port);
        return settings.start(static_cast<int>(arguments.size()), arguments.data(), out, err);
    };
    EXPECT_EQ(start_program({}), std::nullopt);
    EXPECT_EQ(port, 1);
    folder.write("demo.yaml", "port: 2\n");
    EXPECT_EQ(start_program({}), std::nullopt);
    EXPECT_EQ(port, 2);
    const std::string other = folder.write("other.yaml", "port: 3\n");
    EXPECT_EQ(start_program({"--config", other.c_str()}), std::nullopt);
    EXPECT_EQ(port, 3);
}

} // namespace
