#include "example_settings.hpp"
#include "support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using sagaflow::config::example;
using sagaflow::testing::temp_folder;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TEST(Secrets, are_masked_when_printed) {
    example demo;
    ASSERT_THAT(demo.mistakes_in("store: {password: hunter2}"), IsEmpty());
    EXPECT_EQ(demo.options.password, "hunter2");
    EXPECT_THAT(demo.effective(), HasSubstr("password: \"********\" # demo.yaml:1:19\n"));
    EXPECT_THAT(demo.effective(), Not(HasSubstr("hunter2")));
}

TEST(Secrets, that_are_defaults_are_masked_on_the_reference_page_and_in_help) {
    std::string password = "hunter2";
    sagaflow::config::settings settings({.name = "demo"});
    settings.add("password", &password, {.secret = true});
    std::ostringstream out;
    settings.print_reference(out);
    settings.print_help(out);
    settings.print_effective(out);
    EXPECT_THAT(out.str(), HasSubstr("********"));
    EXPECT_THAT(out.str(), Not(HasSubstr("hunter2")));
}

TEST(Secrets, never_stand_in_a_message_however_wrong_the_file_is) {
    for (const auto* text : {
             "store: {password: [hunter2]}",
             "store: {password: {hunter2: x}}",
             "store: {password: hunter2",
             "store:\n  password: hunter2\n  password: hunter2\n",
             "store: {password: !hunter2 x}",
             "store: {password: *hunter2}",
             "store: {password: @hunter2}",
             "store: {password: \"hunter2\\q\"}",
             "store: {password: \"hunter2}",
             "store:\n  password: hunter2\n   x: y\n",
             "store: {password: \"hunter2 ${\"}",
             "store: {password: \"hunter2\\0\"}",
             "store: hunter2",
             "hunter2",
             "store: {password: \"hunter2********\"}",
             "store: {password: `hunter2}",
             "store:\n\tpassword: hunter2\n",
         }) {
        const auto lines = example().mistakes_in(text);
        EXPECT_THAT(lines, Not(IsEmpty())) << text;
        EXPECT_THAT(lines, Each(Not(HasSubstr("hunter2")))) << text;
    }
    EXPECT_THAT(example().load({.environment = {"DEMO__STORE__PASSWORD=hunter2********"}}),
                testing::AllOf(SizeIs(1), Each(Not(HasSubstr("hunter2")))));
}

TEST(Secrets, are_not_taken_from_the_command_line) {
    EXPECT_EQ(example().only_mistake({.arguments = {"--store.password=hunter2"}}),
              "--store.password: store.password: a secret is not taken from the command line, which others "
              "can read; "
              "use the file, the environment, or --store.password_file=FILE");
}

TEST(Secrets, can_be_read_from_a_file_that_any_source_names) {
    const temp_folder folder;
    const std::string secret = folder.write("secret", "from a file\r\n");
    const std::string settings = folder.write("demo.yaml", "store: {password_file: secret}\n");
    example demo;
    EXPECT_THAT(demo.load({.file = settings}), IsEmpty()) << "relative to the folder of the settings";
    EXPECT_EQ(demo.options.password, "from a file");
    EXPECT_THAT(demo.effective(), Not(HasSubstr("from a file")));
    for (const sagaflow::config::sources& from :
         {sagaflow::config::sources{.environment = {"DEMO__STORE__PASSWORD_FILE=" + secret}},
          sagaflow::config::sources{.arguments = {"--store.password_file", secret}},
          sagaflow::config::sources{.file = "x", .text = "store: {password_file: " + secret + "}"}}) {
        demo.options.password.clear();
        EXPECT_THAT(demo.load(from), IsEmpty());
        EXPECT_EQ(demo.options.password, "from a file");
    }
}

TEST(Secrets, of_a_later_source_win_whether_value_or_file) {
    const temp_folder folder;
    const std::string secret = folder.write("secret", "from a file");
    example demo;
    EXPECT_THAT(demo.load({.file = "x",
                           .text = "store: {password: plain}",
                           .environment = {"DEMO__STORE__PASSWORD_FILE=" + secret}}),
                IsEmpty());
    EXPECT_EQ(demo.options.password, "from a file");
    EXPECT_EQ(
        demo.only_mistake({.file = "x", .text = "store:\n  password: plain\n  password_file: " + secret}),
        "x:3:18: store.password: is set twice; first at x:2:13");
}

TEST(Secrets, in_files_that_cannot_be_read_are_a_mistake) {
    const temp_folder folder;
    const std::string empty = folder.write("empty", "\n");
    const std::string large = folder.write("large", std::string(70'000, 'x'));
    const auto mistake = [](const std::string& file) {
        return example().only_mistake({.arguments = {"--store.password_file=" + file}});
    };
    EXPECT_EQ(mistake("/no/such/file"),
              "--store.password_file: store.password_file: the file \"/no/such/file\" can't be "
              "read: No such file or directory");
    EXPECT_THAT(mistake(empty), HasSubstr("is empty"));
    EXPECT_THAT(mistake(large), HasSubstr("is larger than 64 KiB"));
}

TEST(Secrets, in_properties_and_urls_are_masked_when_printed) {
    example demo;
    ASSERT_THAT(demo.mistakes_in(R"(
http: {host: "amqp://ada:hunter2@host:5672/v"}
kafka:
  brokers: ["http://x:hunter2@y", "host:1@2"]
  properties: {sasl.password: hunter2, ssl.key.pem: hunter2, client_secret: hunter2, acks: all}
)"),
                IsEmpty());
    EXPECT_EQ(demo.options.host, "amqp://ada:hunter2@host:5672/v");
    EXPECT_THAT(demo.effective(), Not(HasSubstr("hunter2")));
    EXPECT_THAT(demo.effective(), HasSubstr("amqp://ada:********@host:5672/v"));
    EXPECT_THAT(demo.effective(), HasSubstr("\"host:1@2\""));
    EXPECT_THAT(demo.effective(), HasSubstr("\"acks\": \"all\""));
    EXPECT_THAT(demo.only_mistake_in("http: {port: \"amqp://ada:hunter2@host\"}"), Not(HasSubstr("hunter2")));
}

TEST(Secrets, that_were_masked_in_print_are_refused_when_loaded_again) {
    EXPECT_THAT(example().only_mistake_in("store: {password: \"********\"}"),
                HasSubstr("stands for a secret in printed settings"));
    EXPECT_THAT(example().only_mistake_in("kafka: {properties: {sasl.password: \"********\"}}"),
                HasSubstr("stands for a secret in printed settings"));
    EXPECT_THAT(example().only_mistake_in("kafka: {brokers: [\"http://x:********@y\"]}"),
                HasSubstr("stands for a secret in printed settings"));
}

} // namespace
