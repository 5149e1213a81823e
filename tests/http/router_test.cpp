#include "http/router.hpp"

#include <sagaflow/error.hpp>

#include <gmock/gmock.h>

namespace {

namespace http = sagaflow::http;
using sagaflow::http::router;
using testing::HasSubstr;

http::handler nothing() {
    return [](const http::request&, http::exchange) {};
}

router some_routes() {
    router r;
    r.add("GET", "/", nothing());
    r.add("POST", "/user", nothing());
    r.add("DELETE", "/user/{userId}", nothing());
    r.add("GET", "/user/{userId}/events", nothing());
    r.add("GET", "/user/me/events", nothing());
    return r;
}

TEST(router, finds_a_plain_path) {
    const router r = some_routes();
    EXPECT_NE(r.find("POST", "/user").target, nullptr);
    EXPECT_NE(r.find("GET", "/").target, nullptr);
}

TEST(router, takes_a_parameter_from_a_whole_segment_decoded) {
    const auto found = some_routes().find("DELETE", "/user/ada%20%2F%c3%A9");
    ASSERT_NE(found.target, nullptr);
    ASSERT_EQ(found.params.size(), 1U);
    EXPECT_EQ(found.params[0].name, "userId");
    EXPECT_EQ(found.params[0].value, "ada /\xc3\xa9");
}

TEST(router, an_encoded_slash_does_not_make_a_segment) {
    EXPECT_EQ(some_routes().find("GET", "/user%2Fada/events").target, nullptr);
}

TEST(router, prefers_plain_text_to_a_parameter) {
    EXPECT_TRUE(some_routes().find("GET", "/user/me/events").params.empty());
    EXPECT_EQ(some_routes().find("GET", "/user/you/events").params.size(), 1U);
}

TEST(router, an_empty_segment_is_no_parameter) {
    EXPECT_TRUE(some_routes().find("DELETE", "/user/").allowed.empty());
}

TEST(router, says_which_methods_a_path_has) {
    const auto found = some_routes().find("PUT", "/user/ada/events");
    EXPECT_EQ(found.target, nullptr);
    EXPECT_EQ(found.allowed, "GET, HEAD, OPTIONS");
    EXPECT_EQ(some_routes().find("GET", "/user").allowed, "OPTIONS, POST");
    EXPECT_EQ(some_routes().find("GET", "/nowhere").allowed, "");
}

TEST(router, answers_head_where_there_is_a_get) {
    EXPECT_NE(some_routes().find("HEAD", "/").target, nullptr);
    EXPECT_EQ(some_routes().find("HEAD", "/user").target, nullptr);
}

TEST(router, notices_an_encoding_that_cannot_be_undone) {
    for (const char* path : {"/%", "/%4", "/%zz", "/user/%2"}) {
        EXPECT_TRUE(some_routes().find("GET", path).malformed) << path;
    }
}

TEST(router, refuses_patterns_that_cannot_work_and_names_them) {
    for (const char* pattern : {"user", "", "/a{b}", "/{}", "/%zz", "/{a"}) {
        router r;
        try {
            r.add("GET", pattern, nothing());
            FAIL() << pattern;
        } catch (const sagaflow::error& e) {
            EXPECT_EQ(e.code(), sagaflow::errc::invalid_argument);
            EXPECT_THAT(e.what(), HasSubstr('"' + std::string(pattern) + '"'));
        }
    }
}

TEST(router, refuses_a_route_that_was_added_before_under_another_parameter_name) {
    router r = some_routes();
    EXPECT_THROW(r.add("DELETE", "/user/{id}", nothing()), sagaflow::error);
    EXPECT_NO_THROW(r.add("GET", "/user/{id}", nothing()));
}

} // namespace
