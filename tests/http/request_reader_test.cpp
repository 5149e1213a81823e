#include "http/request_reader.hpp"

#include <gmock/gmock.h>

namespace {

namespace http = sagaflow::http;
using http::request_reader;
using progress = request_reader::progress;
using testing::HasSubstr;

const http::limits bounds{.header_bytes = 256, .body_bytes = 32};

struct outcome {
    progress last = progress::wants_more;
    int status = 0;
    http::request request;
    std::string rest;
};

outcome read(std::string_view bytes, std::size_t piece = std::string_view::npos) {
    request_reader reader(bounds);
    outcome out;
    while (!bytes.empty() && (out.last == progress::wants_more || out.last == progress::wants_continue)) {
        std::string_view part = bytes.substr(0, piece);
        const std::size_t size = part.size();
        out.last = reader.feed(part);
        bytes.remove_prefix(size - part.size());
    }
    out.rest = bytes;
    if (out.last == progress::failed) out.status = reader.failure().status;
    if (out.last == progress::complete) out.request = reader.take();
    return out;
}

constexpr std::string_view chunked_post =
    "POST /a?b=c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\nGET";

TEST(request_reader, reads_a_request_with_a_body_and_leaves_what_follows) {
    const auto out = read("POST /user?x=1#frag HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET /");
    ASSERT_EQ(out.last, progress::complete);
    EXPECT_EQ(out.request.method, "POST");
    EXPECT_EQ(out.request.path, "/user");
    EXPECT_EQ(out.request.query, "x=1");
    EXPECT_EQ(out.request.body, "{}");
    EXPECT_EQ(out.request.header("host"), "x");
    EXPECT_EQ(out.rest, "GET /");
}

TEST(request_reader, reads_the_same_from_pieces_of_any_size) {
    for (std::size_t piece = 1; piece < chunked_post.size(); ++piece) {
        const auto out = read(chunked_post, piece);
        ASSERT_EQ(out.last, progress::complete) << piece;
        EXPECT_EQ(out.request.body, "abcde") << piece;
        EXPECT_EQ(out.rest, "GET") << piece;
    }
}

TEST(request_reader, reads_a_chunked_body_that_is_empty_from_pieces_of_any_size) {
    constexpr std::string_view head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t piece = 1; piece < head.size(); ++piece) {
        const auto out = read(std::string(head) + "0\r\n\r\nGET", piece);
        ASSERT_EQ(out.last, progress::complete) << piece;
        EXPECT_EQ(out.request.body, "") << piece;
        EXPECT_EQ(read(std::string(head) + "0\r\nx\r\n\r\n", piece).status, 400) << piece;
    }
}

TEST(request_reader, does_not_take_trailers_for_headers) {
    EXPECT_EQ(read(chunked_post).request.header("Trailer"), std::nullopt);
}

TEST(request_reader, takes_an_absolute_target) {
    EXPECT_EQ(read("GET http://h:1/a?b HTTP/1.1\r\nHost: h\r\n\r\n").request.path, "/a");
    EXPECT_EQ(read("GET HTTP://h HTTP/1.1\r\nHost: h\r\n\r\n").request.path, "/");
}

TEST(request_reader, ignores_empty_lines_before_a_request) {
    EXPECT_EQ(read("\r\n\r\nGET / HTTP/1.0\r\n\r\n").last, progress::complete);
}

TEST(request_reader, refuses_what_is_not_http) {
    for (const char* bytes : {
             "\x16\x03\x01\x02garbage\r\n\r\n",
             "GET /\r\n\r\n",
             "GET / HTTP/2.0\r\n\r\n",
             "GET / HTTP/1.1\r\n\r\n",                                   // no Host
             "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",             // two
             "GET user HTTP/1.1\r\nHost: a\r\n\r\n",                     // no path
             "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",                  // no proxy
             "GET * HTTP/1.1\r\nHost: a\r\n\r\n",                        // only OPTIONS
             "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",         //
             "GET / HTTP/1.1\nHost: a\n\n\r\n\r\n",                      // bare LF
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",  //
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", //
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
             "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
         }) {
        EXPECT_EQ(read(bytes).status, 400) << bytes;
    }
}

TEST(request_reader, says_what_it_does_not_do) {
    EXPECT_EQ(read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").status, 501);
    EXPECT_EQ(read("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n").status, 501);
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n").status, 417);
}

TEST(request_reader, bounds_the_headers_however_they_come) {
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 30; ++i) request += "X-Header: some value\r\n";
    for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{22}, std::size_t{50}}) {
        EXPECT_EQ(read(request, piece).status, 431) << piece;
    }
    EXPECT_EQ(read("GET /" + std::string(300, 'a')).status, 431);
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: " + std::string(200, 'a') + "\r\n\r\n").last, progress::complete);
}

TEST(request_reader, bounds_the_body_however_it_is_framed) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n";
    const std::string full(32, 'x');
    EXPECT_EQ(read(head + "Content-Length: 32\r\n\r\n" + full).last, progress::complete);
    EXPECT_EQ(read(head + "Content-Length: 33\r\n\r\n").status, 413);
    EXPECT_EQ(read(head + "Content-Length: 99999999999999999999\r\n\r\n").status, 400);
    EXPECT_EQ(read(head + "Transfer-Encoding: chunked\r\n\r\n20\r\n" + full + "\r\n0\r\n\r\n").last,
              progress::complete);
    EXPECT_EQ(read(head + "Transfer-Encoding: chunked\r\n\r\n20\r\n" + full + "\r\n1\r\n").status, 413);
    EXPECT_EQ(read(head + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n").status, 413);
    EXPECT_EQ(read(head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(600, 'x'), 100).status, 400);
}

TEST(request_reader, asks_for_the_body_only_when_there_is_to_be_one) {
    const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n";
    EXPECT_EQ(read(head + "Content-Length: 2\r\n\r\n").last, progress::wants_continue);
    EXPECT_EQ(read(head + "Content-Length: 0\r\n\r\n").last, progress::complete);
    EXPECT_EQ(read(head + "Content-Length: 2\r\n\r\n{}").request.body, "{}");
    EXPECT_EQ(read(head + "Content-Length: 99\r\n\r\n").status, 413);
}

TEST(request_reader, knows_whether_the_connection_stays) {
    const auto stays = [](std::string_view bytes) {
        request_reader reader(bounds);
        EXPECT_EQ(reader.feed(bytes), progress::complete);
        return reader.wants_keep_alive();
    };
    EXPECT_TRUE(stays("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT_FALSE(stays("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    EXPECT_FALSE(stays("GET / HTTP/1.0\r\n\r\n"));
    EXPECT_TRUE(stays("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

} // namespace
