#include "core/foreign_rejection.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

std::string said(rejection_in_body rule, std::string_view body) {
    return foreign_rejection({{"svc.act", std::move(rule)}}, "svc.act", body).value_or("no rejection");
}

TEST(foreign_rejection, is_what_the_route_compares_with) {
    const rejection_in_body rule = {.pointer = "/status", .equals = "FAILED", .reason = "/error/0/text"};
    EXPECT_EQ(said(rule, R"({"status":"FAILED","error":[{"text":"full"}]})"), "full");
    EXPECT_EQ(said(rule, R"({"status":"FAILED"})"), "FAILED") << "no reason there: what told it";
    EXPECT_EQ(said(rule, R"({"status":"OK","error":[{"text":"full"}]})"), "no rejection");
    EXPECT_EQ(said({.pointer = "/code", .equals = "409"}, R"({"code":409})"), "");
}

TEST(foreign_rejection, is_anything_but_null_and_false_without_a_comparison) {
    const rejection_in_body rule = {.pointer = "/error"};
    EXPECT_EQ(said(rule, R"({"error":"full"})"), "full");
    EXPECT_EQ(said(rule, R"({"error":true})"), "");
    EXPECT_EQ(said(rule, R"({"error":{"a":1}})"), "");
    for (const char* fine : {R"({"error":null})", R"({"error":false})", "{}", "[]", "7", "", "{", "\xff"})
        EXPECT_EQ(said(rule, fine), "no rejection") << fine;
}

TEST(foreign_rejection, follows_the_escapes_of_a_pointer_and_the_type_that_the_route_is_for) {
    EXPECT_EQ(said({.pointer = "/a~1b/~0"}, R"({"a/b":{"~":"no"}})"), "no");
    EXPECT_EQ(said({.pointer = ""}, R"("no")"), "no");
    EXPECT_FALSE(foreign_rejection({{"svc.act", {.pointer = ""}}}, "svc.undo", "\"no\""));
}

TEST(foreign_rejection, survives_a_body_nested_too_deep) {
    EXPECT_EQ(said({.pointer = "/0"}, std::string(100'000, '[')), "no rejection");
}

} // namespace
} // namespace sagaflow::core::test
