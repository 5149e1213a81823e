#include "example_settings.hpp"

#include <sagaflow/error.hpp>

#include <gtest/gtest.h>

namespace {

using sagaflow::error;
using sagaflow::config::settings;

class Table : public testing::Test {
  protected:
    settings table{{.name = "demo"}};
    int number = 5;
    std::string text;
};

TEST_F(Table, refuses_paths_that_no_file_or_variable_could_name) {
    for (const auto* path :
         {"", ".", "a.", ".a", "a..b", "A", "a-b", "1a", "a__b", "a_", "_a", "a b", "<<"}) {
        EXPECT_THROW(table.add(path, &number), error) << path;
    }
    EXPECT_NO_THROW(table.add("a1.b_c2.d", &number));
}

TEST_F(Table, refuses_a_path_that_is_taken) {
    table.add("a.b", &number);
    table.add("p", &text, {.secret = true});
    for (const auto* path : {"a.b", "a", "a.b.c", "p", "p_file", "help"}) {
        EXPECT_THROW(table.add(path, &number), error) << path;
    }
}

TEST_F(Table, refuses_an_alias_that_is_taken_or_an_option_of_its_own) {
    table.add("a", &number, {.alias = "short"});
    for (const auto* alias : {"short", "a", "help", "config", "print-config", "-x", "X"}) {
        EXPECT_THROW(table.add("b", &number, {.alias = alias}), error) << alias;
    }
    EXPECT_THROW(table.add("short", &number), error);
}

TEST_F(Table, refuses_a_default_that_would_not_be_allowed) {
    EXPECT_THROW(table.add("a", &number, {.min = 6}), error);
    std::chrono::seconds negative{-1};
    EXPECT_THROW(table.add("a", &negative), error);
    auto flow = static_cast<sagaflow::config::flow>(7);
    EXPECT_THROW(table.add("a", &flow, {{"compensate", sagaflow::config::flow::compensate}}), error);
    EXPECT_NO_THROW(table.add("a", &number, {.min = 6, .required = true}));
}

} // namespace
