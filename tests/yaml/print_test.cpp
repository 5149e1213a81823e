#include "example_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using sagaflow::config::example;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Print, effective_settings_are_yaml_with_the_origin_of_each) {
    example demo;
    ASSERT_THAT(
        demo.load(
            {.file = "demo.yaml",
             .text = "http: {idle: 90s}\nkafka:\n  brokers: [a, \"b\\\"\"]\n  properties:\n    x: \"5\"\n",
             .environment = {"DEMO__SIGNUP__RATE=2"},
             .arguments = {"--port=0"}}),
        IsEmpty());
    EXPECT_EQ(demo.effective(), R"(http:
  host: "127.0.0.1" # default
  port: 0 # --port
  tls: false # default
  max_body: 64KiB # default
  idle: 90s # demo.yaml:1:14
signup:
  rate: 2 # environment variable DEMO__SIGNUP__RATE
  flow: compensate # default
store:
  user: "" # default
  password: "" # default
kafka:
  brokers: ["a", "b\""] # demo.yaml:3:12
  properties: # demo.yaml:5:5
    "x": "5" # demo.yaml:5:8
)");
}

TEST(Print, effective_settings_load_again_as_the_same) {
    example demo;
    ASSERT_THAT(demo.mistakes_in(R"(
http: {host: "tab\t \"quote\" \\ é $${HOME} # no: comment\nline", port: 7, tls: true, max_body: 1536B, idle: 61s}
signup: {rate: 0.7, flow: synchronise}
store: {user: " ~ "}
kafka: {brokers: ["- a", "", "null"], properties: {"a: b": "$$$${c}", "{": "]"}}
)"),
                IsEmpty());
    example again;
    ASSERT_THAT(again.mistakes_in(demo.effective()), IsEmpty()) << demo.effective();
    EXPECT_EQ(again.options.host, demo.options.host);
    EXPECT_EQ(again.options.port, 7);
    EXPECT_EQ(again.options.max_body, 1536U);
    EXPECT_EQ(again.options.idle, std::chrono::seconds(61));
    EXPECT_EQ(again.options.rate, 0.7);
    EXPECT_EQ(again.options.chosen, demo.options.chosen);
    EXPECT_EQ(again.options.user, " ~ ");
    EXPECT_EQ(again.options.brokers, demo.options.brokers);
    EXPECT_EQ(again.options.extra, demo.options.extra);
    EXPECT_THAT(demo.options.host, HasSubstr("${HOME} # no"));
}

TEST(Print, the_reference_page_has_a_table_for_each_section) {
    std::ostringstream out;
    example().settings.print_reference(out);
    EXPECT_THAT(out.str(),
                HasSubstr("\n## http\n\n| Setting | Type | Default | Allowed | Reload | Meaning |\n"));
    EXPECT_THAT(out.str(),
                HasSubstr("| `http.port` | whole number | `8000` | 0 to 65535 | no | Port to listen on. "
                          "Short: `--port`. |\n"));
    EXPECT_THAT(out.str(),
                HasSubstr("| `http.idle` | duration | `30s` | 1s to 1h | yes | When an idle client is cut "
                          "off. |\n"));
    EXPECT_THAT(out.str(), HasSubstr("| `signup.flow` | compensate or synchronise | `compensate` |  | no |"));
    EXPECT_THAT(out.str(), HasSubstr("`store.password_file`"));
    EXPECT_THAT(out.str(), HasSubstr("`DEMO__HTTP__PORT`"));
}

TEST(Print, help_lists_every_setting_with_its_default) {
    std::ostringstream out;
    example().settings.print_help(out);
    EXPECT_THAT(out.str(),
                HasSubstr("  --http.max_body\n      Largest body. (size, 1KiB to 1MiB; default 64KiB)\n"));
    EXPECT_THAT(out.str(), HasSubstr("  --store.password_file\n"));
    EXPECT_THAT(out.str(), HasSubstr("--check-config"));
}

} // namespace
