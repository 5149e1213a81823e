#include <sagaflow/http.hpp>

#include <gtest/gtest.h>

namespace {

namespace http = sagaflow::http;

http::request with_header(const char* name, const char* value) {
    http::request r;
    r.headers.push_back({name, value});
    return r;
}

TEST(request, finds_a_header_in_any_case) {
    EXPECT_EQ(with_header("lAST-eVENT-id", "7").header("Last-Event-ID"), "7");
    EXPECT_EQ(with_header("A", "7").header("B"), std::nullopt);
}

TEST(request, content_type_is_without_parameters_and_in_lower_case) {
    EXPECT_EQ(with_header("Content-Type", "Application/JSON ; charset=utf-8").content_type(),
              "application/json");
    EXPECT_EQ(http::request{}.content_type(), "");
}

TEST(request, accepts_only_what_is_named_and_not_refused) {
    const auto accepts = [](const char* value) {
        return with_header("Accept", value).accepts("text/event-stream");
    };
    EXPECT_TRUE(accepts("text/event-stream"));
    EXPECT_TRUE(accepts("application/json, TEXT/Event-Stream; q=0.5"));
    EXPECT_FALSE(accepts("*/*"));
    EXPECT_FALSE(accepts("text/*"));
    EXPECT_FALSE(accepts("text/event-stream;q=0"));
    EXPECT_FALSE(accepts("text/event-stream;q=0.000"));
    EXPECT_FALSE(accepts("text/event-streams"));
    EXPECT_FALSE(http::request{}.accepts("text/event-stream"));
}

TEST(last_event_id, is_a_decimal_number_not_beyond_the_newest) {
    const auto id = [](const char* value) {
        return http::last_event_id(with_header("Last-Event-ID", value), 100);
    };
    EXPECT_EQ(id("42"), 42U);
    EXPECT_EQ(id("100"), 100U);
    for (const char* bad : {"101", "", "-1", "+1", "4 2", " 42", "0x10", "1e3", "99999999999999999999999"}) {
        EXPECT_EQ(id(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(http::last_event_id(http::request{}), std::nullopt);
}

TEST(problem, is_one_json_object_with_the_members_of_rfc_9457) {
    const http::problem p{.status = 409,
                          .type = "user-exists",
                          .title = "same user exists",
                          .detail = "ada",
                          .members = {{"userId", "\"ada\""}}};
    EXPECT_EQ(to_json(p), R"({"type":"urn:sagaflow:problem:user-exists","title":"same user exists",)"
                          R"("status":409,"detail":"ada","userId":"ada"})");
}

TEST(problem, lists_what_is_wrong_field_by_field) {
    const http::problem p{.status = 400, .errors = {{"/email", "one @"}, {"/userPw", "8 to 128 bytes"}}};
    EXPECT_EQ(to_json(p),
              R"({"type":"about:blank","title":"Bad Request","status":400,"errors":[)"
              R"({"pointer":"/email","detail":"one @"},{"pointer":"/userPw","detail":"8 to 128 bytes"}]})");
}

TEST(problem, escapes_what_json_needs_escaped_and_replaces_what_is_not_utf8) {
    const http::problem p{.status = 400,
                          .detail = "\"\\\n\x7f \xc3\xa9 \xff \xed\xa0\x80 \xf0\x9f\x98\x80 \xe2\x82"};
    EXPECT_NE(
        to_json(p).find("\"detail\":\"\\\"\\\\\\u000a\\u007f \xc3\xa9 \xEF\xBF\xBD "
                        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xf0\x9f\x98\x80 \xEF\xBF\xBD\xEF\xBF\xBD\""),
        std::string::npos)
        << to_json(p);
}

TEST(sse_event, has_an_id_and_a_data_line_per_line) {
    EXPECT_EQ(http::sse_event(7, "{}").text(), "id: 7\ndata: {}\n\n");
    EXPECT_EQ(http::sse_event(1, "a\nb\r\nc\rd").text(), "id: 1\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
    EXPECT_EQ(http::sse_event(1, "").text(), "id: 1\ndata: \n\n");
    EXPECT_EQ(http::sse_event(1, "\n").text(), "id: 1\ndata: \ndata: \n\n");
    EXPECT_EQ(http::sse_event(18446744073709551615U, "x").text(), "id: 18446744073709551615\ndata: x\n\n");
}

} // namespace
