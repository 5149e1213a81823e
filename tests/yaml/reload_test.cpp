#include "example_settings.hpp"
#include "support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using sagaflow::config::example;
using sagaflow::testing::temp_folder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Reload : public testing::Test {
  protected:
    void SetUp() override {
        write("http: {port: 1, idle: 10s, max_body: 2KiB}\nstore: {password: first}\n");
        ASSERT_THAT(demo.load({.file = file, .arguments = {"--http.max_body=4KiB"}}), IsEmpty());
    }
    void write(const std::string& text) { file = folder.write("demo.yaml", text); }

    temp_folder folder;
    std::string file;
    example demo;
};

TEST_F(Reload, takes_over_what_is_reloadable_and_says_what_is_not) {
    write("http: {port: 2, idle: 20s, max_body: 2KiB}\nstore: {password: second}\n");
    const auto result = demo.settings.reload();
    EXPECT_THAT(result.mistakes, IsEmpty());
    EXPECT_THAT(result.changed, ElementsAre("http.idle", "store.password"));
    EXPECT_THAT(
        result.warnings,
        ElementsAre(file + ":1:14: http.port: has a new value, which the program takes over only when it "
                           "starts again"));
    EXPECT_EQ(demo.options.port, 1);
    EXPECT_EQ(demo.options.idle, 20s);
    EXPECT_EQ(demo.options.password, "second");
    EXPECT_THAT(demo.effective(), HasSubstr("idle: 20s # " + file + ":1:23\n"));
    EXPECT_THAT(demo.effective(), HasSubstr("port: 1 # "));
}

TEST_F(Reload, keeps_everything_on_any_mistake) {
    write("http: {port: x, idle: 20s}\n");
    const auto result = demo.settings.reload();
    EXPECT_THAT(result.mistakes, testing::SizeIs(1));
    EXPECT_THAT(result.changed, IsEmpty());
    EXPECT_THAT(result.warnings, IsEmpty());
    EXPECT_EQ(demo.options.idle, 10s);
    std::filesystem::remove(file);
    EXPECT_THAT(demo.settings.reload().mistakes, testing::SizeIs(1));
    EXPECT_EQ(demo.options.idle, 10s);
}

TEST_F(Reload, keeps_everything_when_a_check_of_the_program_refuses) {
    demo.settings.check([&](const auto& refuse) {
        if (demo.options.idle > 15s) refuse("http.idle", "is longer than the gateway waits");
    });
    write("http: {idle: 20s}\n");
    const auto result = demo.settings.reload();
    ASSERT_THAT(result.mistakes, testing::SizeIs(1));
    EXPECT_EQ(result.mistakes[0].text(), file + ":1:14: http.idle: is longer than the gateway waits");
    EXPECT_THAT(result.changed, IsEmpty());
    EXPECT_EQ(demo.options.idle, 10s);
    EXPECT_THAT(demo.effective(), HasSubstr("idle: 10s # "));
}

TEST_F(Reload, honours_the_command_line_of_the_start) {
    write("http: {port: 1, idle: 10s, max_body: 8KiB}\nstore: {password: first}\n");
    const auto result = demo.settings.reload();
    EXPECT_THAT(result.changed, IsEmpty());
    EXPECT_THAT(result.warnings, IsEmpty());
    EXPECT_EQ(demo.options.max_body, 4096U);
}

TEST_F(Reload, gives_a_setting_that_left_the_file_its_default_again) {
    write("http: {port: 1}\n");
    EXPECT_THAT(demo.settings.reload().changed, ElementsAre("http.idle", "store.password"));
    EXPECT_EQ(demo.options.idle, 30s);
    EXPECT_EQ(demo.options.password, "");
    EXPECT_THAT(demo.effective(), HasSubstr("idle: 30s # default\n"));
}

TEST_F(Reload, reads_the_file_of_a_secret_again) {
    folder.write("secret", "one\n");
    write("http: {port: 1, idle: 10s}\nstore: {password_file: secret}\n");
    EXPECT_THAT(demo.settings.reload().changed, ElementsAre("store.password"));
    folder.write("secret", "two\n");
    EXPECT_THAT(demo.settings.reload().changed, ElementsAre("store.password"));
    EXPECT_EQ(demo.options.password, "two");
    EXPECT_THAT(demo.settings.reload().changed, IsEmpty());
}

TEST_F(Reload, leaves_alone_what_the_program_itself_has_changed_since) {
    demo.options.port = 45'678; // the port that it was given for 0
    write("http: {port: 1, idle: 20s}\nstore: {password: first}\n");
    EXPECT_THAT(demo.settings.reload().changed, ElementsAre("http.idle"));
    EXPECT_EQ(demo.options.port, 45'678);
}

TEST_F(Reload, a_map_that_only_moved_in_the_file_has_not_changed) {
    write("kafka: {properties: {a: b}}\nhttp: {port: 1, idle: 10s}\nstore: {password: first}\n");
    EXPECT_THAT(demo.settings.reload().changed, ElementsAre("kafka.properties"));
    write("# moved\nkafka: {properties: {a: b}}\nhttp: {port: 1, idle: 10s}\nstore: {password: first}\n");
    EXPECT_THAT(demo.settings.reload().changed, IsEmpty());
}

} // namespace
