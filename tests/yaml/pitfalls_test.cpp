// What YAML and its parser would let pass, or choke on: each is refused with its place, or works.
#include "example_settings.hpp"
#include "support/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using sagaflow::config::example;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Pitfalls, deep_nesting_is_refused_at_the_level_that_is_too_deep) {
    EXPECT_EQ(example().only_mistake_in("http: " + std::string(40, '[') + std::string(40, ']')),
              "demo.yaml:1:38: is nested deeper than 32 levels");
    EXPECT_THAT(example().only_mistake_in(std::string(200'000, '[')), HasSubstr("nested deeper"));
    EXPECT_THAT(example().only_mistake_in(std::string(500'000, '{')), HasSubstr("nested deeper"));
    std::string keys;
    for (int i = 0; i < 100'000; ++i) keys += "? ";
    EXPECT_THAT(example().only_mistake_in(keys), HasSubstr("nested"));
}

TEST(Pitfalls, an_alias_inside_of_what_it_refers_to_is_refused) {
    EXPECT_EQ(example().only_mistake_in("&x [*x]"),
              "demo.yaml:1:5: an alias can't stand inside of what it refers to");
    EXPECT_EQ(example().only_mistake_in("http: &x\n  host: *x\n"),
              "demo.yaml:2:9: an alias can't stand inside of what it refers to");
}

TEST(Pitfalls, aliases_that_multiply_are_refused_before_they_fill_the_memory) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string alias = "*a" + std::to_string(i - 1);
        const std::string name = "a" + std::to_string(i);
        text += name + ": &" + name + " [";
        for (int n = 0; n < 9; ++n) text += alias + ", ";
        text += alias + "]\n";
    }
    EXPECT_THAT(example().only_mistake_in(text), HasSubstr("too many values for a settings file"));
    std::string long_texts = "host: &h " + std::string(100'000, 'x') + "\nall: [";
    for (int i = 0; i < 1000; ++i) long_texts += "*h, ";
    EXPECT_THAT(example().only_mistake_in(long_texts + "]"),
                HasSubstr("too many values for a settings file"));
}

TEST(Pitfalls, aliases_do_not_get_around_the_depth) {
    std::string text = "a0: &a0 [x]\n";
    for (int i = 1; i < 40; ++i) {
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    }
    EXPECT_THAT(example().only_mistake_in(text), HasSubstr("levels once its aliases are followed"));
}

TEST(Pitfalls, an_alias_gives_what_it_refers_to) {
    example demo;
    EXPECT_THAT(
        demo.mistakes_in("http: {host: &h example.org}\nkafka: {brokers: [*h, *h]}\nstore: {user: *h}"),
        IsEmpty());
    EXPECT_EQ(demo.options.user, "example.org");
    EXPECT_THAT(demo.options.brokers, ElementsAre("example.org", "example.org"));
}

TEST(Pitfalls, a_large_file_is_refused) {
    EXPECT_EQ(example().only_mistake_in(std::string(1024 * 1024 + 1, ' ')),
              "demo.yaml: is larger than 1 MiB");
    EXPECT_THAT(example().mistakes_in(std::string(1024 * 1024, ' ')), IsEmpty());
    const sagaflow::testing::temp_folder folder;
    const auto file = folder.write("big.yaml", std::string(2 * 1024 * 1024, '#'));
    EXPECT_EQ(example().only_mistake({.file = file}), file + ": is larger than 1024 KiB");
}

TEST(Pitfalls, a_repeated_key_names_both_lines) {
    EXPECT_EQ(example().only_mistake_in("http:\n  port: 1\n  tls: true\n  port: 2\n"),
              "demo.yaml:4:3: http.port: is set twice; first at line 2");
    EXPECT_EQ(example().only_mistake_in("http: {port: 1}\nstore: {}\n\"http\": {tls: true}\n"),
              "demo.yaml:3:1: http: is set twice; first at line 1");
}

TEST(Pitfalls, merge_keys_are_refused_with_what_to_do) {
    EXPECT_EQ(example().only_mistake_in("http:\n  <<: {port: 1}\n"),
              "demo.yaml:2:3: http: merge keys (`<<`) are not supported; write the settings out");
}

TEST(Pitfalls, a_second_document_is_refused_where_it_begins) {
    EXPECT_THAT(example().only_mistake_in("http: {port: 1}\n---\nstore: {}\n"),
                StartsWith("demo.yaml:2:1: a second document begins here"));
    EXPECT_THAT(example().only_mistake_in("http: {port: 1}\n---\n"),
                StartsWith("demo.yaml:2:1: a second document"));
    EXPECT_THAT(example().only_mistake_in("- a\n-b: 2\n"), StartsWith("demo.yaml:2:1: a second document"));
    EXPECT_THAT(example().mistakes_in("---\nhttp: {port: 1}\n...\n"), IsEmpty());
}

TEST(Pitfalls, a_tab_as_indentation_is_reported_where_it_is) {
    EXPECT_EQ(example().only_mistake_in("http: 1\n\tport: 1\n"),
              "demo.yaml:2:1: is not YAML: illegal tab when looking for indentation");
    EXPECT_EQ(example().only_mistake_in("http:\n\tport: 1\n"),
              "demo.yaml:2:6: is not YAML: illegal map value; this line is indented with a tab, use spaces");
}

TEST(Pitfalls, tags_are_refused) {
    EXPECT_THAT(
        example().mistakes_in("http: !x\n  port: !!str 80\n"),
        ElementsAre("demo.yaml:1:7: has a tag (`!...`), which settings do not have; write the plain value",
                    "demo.yaml:2:9: has a tag (`!...`), which settings do not have; write the plain value"));
}

TEST(Pitfalls, keys_that_are_no_names_are_refused) {
    EXPECT_EQ(example().only_mistake_in("? [http]\n: 1\n"), "demo.yaml:1:3: expected the name of a setting");
    EXPECT_EQ(example().only_mistake_in("http: {~: 1}\n"),
              "demo.yaml:1:8: http: expected the name of a setting");
    EXPECT_EQ(example().only_mistake_in("http: {\"\": 1}\n"),
              "demo.yaml:1:8: http: expected the name of a setting");
}

TEST(Pitfalls, only_utf8_without_control_characters_is_read) {
    EXPECT_EQ(example().only_mistake_in("http:\n  host: a\xff\n"), "demo.yaml:2:10: is not UTF-8");
    EXPECT_EQ(example().only_mistake_in(std::string("\xff\xfeh\0t\0", 6)), "demo.yaml:1:1: is not UTF-8");
    EXPECT_EQ(example().only_mistake_in(std::string("http: \0", 7)),
              "demo.yaml:1:7: a control character, which YAML does not allow");
    EXPECT_EQ(example().only_mistake_in("store: {user: \"a\\0b\"}"),
              R"(demo.yaml:1:15: store.user: expected a text, got "a\u0000b" (it holds a NUL character))");
    EXPECT_THAT(example().mistakes_in("\xef\xbb\xbfhttp: {port: 1}\r\n"), IsEmpty());
}

TEST(Pitfalls, an_empty_file_and_an_empty_section_are_no_mistake) {
    EXPECT_THAT(example().mistakes_in(""), IsEmpty());
    EXPECT_THAT(example().mistakes_in("# nothing\n"), IsEmpty());
    EXPECT_THAT(example().mistakes_in("http:\n#  port: 1\nstore: {}\n"), IsEmpty());
}

} // namespace
