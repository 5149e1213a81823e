#include "client.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/http_health.hpp>

#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>

namespace {

namespace http = sagaflow::http;
using http_test::client;
using http_test::get;
using http_test::post;
using testing::HasSubstr;
using testing::StartsWith;

void echo(http::request r, http::exchange e) {
    std::string said = r.method + ' ' + r.path + '?' + r.query;
    for (const auto& p : r.params) said += ' ' + p.name + '=' + p.value;
    e.respond({.content_type = "text/plain", .body = said + ' ' + r.body});
}

struct recording_sink final : sagaflow::log_sink {
    void write(sagaflow::log_level level, std::string_view message,
               std::span<const sagaflow::log_field> fields) noexcept override {
        const std::lock_guard lock(mutex);
        lines += std::string(to_string(level)) + ' ' + std::string(message);
        for (const auto& f : fields) lines += ' ' + std::string(f.key) + '=' + std::string(f.value);
        lines += '\n';
    }
    std::mutex mutex;
    std::string lines;
};

class server_test : public testing::Test {
  protected:
    server_test() : server({.log = &log}) {
        server.route("GET", "/", echo);
        server.route("POST", "/user", echo);
        server.route("GET", "/user/{userId}/events", echo);
        server.route("GET", "/throws",
                     [](const http::request&, http::exchange) { throw std::runtime_error("boom"); });
        server.route("GET", "/drops", [](const http::request&, http::exchange) {});
        server.start();
    }
    http_test::reply ask(const std::string& request, bool has_body = true) {
        client c(server.port());
        c.send(request);
        return c.read_reply(has_body);
    }

    recording_sink log;
    http::server server;
};

TEST_F(server_test, hands_a_request_to_its_route) {
    const auto r = ask(get("/user/ada%40b/events?x=1"));
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(r.headers.at("content-type"), "text/plain");
    EXPECT_THAT(r.headers.at("date"), StartsWith(r.headers.at("date").substr(0, 3)));
    EXPECT_EQ(r.body, "GET /user/ada%40b/events?x=1 userId=ada@b ");
}

TEST_F(server_test, serves_several_requests_on_one_connection) {
    client c(server.port());
    for (int i = 0; i < 3; ++i) {
        c.send(post("/user", std::to_string(i)));
        EXPECT_EQ(c.read_reply().body, "POST /user? " + std::to_string(i));
    }
}

TEST_F(server_test, answers_pipelined_requests_in_their_order) {
    client c(server.port());
    std::string all;
    constexpr int count = 500;
    for (int i = 0; i < count; ++i) all += i % 2 == 0 ? get("/nowhere") : post("/user", std::to_string(i));
    std::thread sender([&] { c.send(all); });
    for (int i = 0; i < count; ++i) {
        const auto r = c.read_reply();
        EXPECT_EQ(r.status, i % 2 == 0 ? 404 : 200);
        if (i % 2 == 1) {
            EXPECT_EQ(r.body, "POST /user? " + std::to_string(i));
        }
    }
    sender.join();
}

TEST_F(server_test, takes_a_chunked_body) {
    EXPECT_EQ(ask("POST /user HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
                  .body,
              "POST /user? abc");
}

TEST_F(server_test, asks_for_the_body_of_a_client_that_waits_to_be_asked) {
    client c(server.port());
    c.send("POST /user HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(c.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    c.send("{}");
    EXPECT_EQ(c.read_reply().body, "POST /user? {}");
}

TEST_F(server_test, closes_when_the_client_wants_it_closed) {
    client c(server.port());
    c.send(get("/", "Connection: close\r\n"));
    EXPECT_EQ(c.read_reply().headers.at("connection"), "close");
    EXPECT_TRUE(c.is_closed_by_server());
}

TEST_F(server_test, speaks_http_1_0) {
    client closing(server.port());
    closing.send("GET / HTTP/1.0\r\n\r\n");
    EXPECT_THAT(closing.read_all(), HasSubstr("GET /? "));
    client staying(server.port());
    for (int i = 0; i < 2; ++i) {
        staying.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(staying.read_reply().headers.at("connection"), "keep-alive");
    }
}

TEST_F(server_test, answers_a_client_that_has_ended_its_sending) {
    client c(server.port());
    c.send(get("/"));
    c.end_sending();
    EXPECT_THAT(c.read_all(), HasSubstr("GET /? "));
}

TEST_F(server_test, unknown_paths_and_methods_are_problems) {
    const auto missing = ask(get("/nowhere"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(missing.body, HasSubstr("urn:sagaflow:problem:not-found"));
    const auto wrong = ask("PUT /user HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.headers.at("allow"), "OPTIONS, POST");
    EXPECT_EQ(ask(get("/%zz")).status, 400);
}

TEST_F(server_test, answers_head_like_get_without_the_body) {
    client c(server.port());
    c.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
    const auto r = c.read_reply(false);
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(r.headers.at("content-length"), "8");
    c.send(get("/"));
    EXPECT_EQ(c.read_reply().body, "GET /? ");
}

TEST_F(server_test, answers_options_with_what_a_path_takes) {
    EXPECT_EQ(ask("OPTIONS /user HTTP/1.1\r\nHost: t\r\n\r\n", false).headers.at("allow"), "OPTIONS, POST");
    EXPECT_EQ(ask("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n", false).headers.at("allow"),
              "GET, HEAD, OPTIONS, POST");
    EXPECT_EQ(ask("OPTIONS /nowhere HTTP/1.1\r\nHost: t\r\n\r\n").status, 404);
}

TEST_F(server_test, a_handler_that_throws_answers_500_and_is_logged) {
    const auto r = ask(get("/throws?password=x"));
    EXPECT_EQ(r.status, 500);
    EXPECT_THAT(r.body, HasSubstr("internal-error"));
    EXPECT_THAT(r.body, testing::Not(HasSubstr("boom")));
    server.stop();
    EXPECT_EQ(log.lines, "error an HTTP handler threw method=GET path=/throws error=boom\n");
}

TEST_F(server_test, an_exchange_that_is_dropped_answers_500) {
    client c(server.port());
    c.send(get("/drops"));
    EXPECT_EQ(c.read_reply().status, 500);
    c.send(get("/"));
    EXPECT_EQ(c.read_reply().status, 200);
}

TEST_F(server_test, refuses_garbage_and_goes_on_serving_others) {
    client c(server.port());
    c.send(std::string("\x16\x03\x01\x00\xff\x00 hello\r\n\r\n", 16));
    EXPECT_EQ(c.read_reply().status, 400);
    EXPECT_TRUE(c.is_closed_by_server());
    client half(server.port());
    half.send("GET / HT");
    half.end_sending();
    EXPECT_EQ(half.read_reply().status, 400);
    EXPECT_EQ(ask(get("/")).status, 200);
    EXPECT_EQ(server.stats().bad_requests, 2U);
}

TEST(server, an_exchange_can_be_answered_later_and_elsewhere_but_only_once) {
    std::promise<http::exchange> later;
    http::server server;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { later.set_value(std::move(e)); });
    server.start();
    client c(server.port());
    c.send(get("/"));
    auto e = later.get_future().get();
    e.respond({.status = 202});
    EXPECT_TRUE(e.answered());
    EXPECT_THROW(e.respond({.status = 200}), sagaflow::error);
    EXPECT_THROW(e.stream(), sagaflow::error);
    EXPECT_EQ(c.read_reply().status, 202);
}

TEST(server, an_answer_for_a_client_that_left_goes_nowhere) {
    std::promise<http::exchange> later;
    http::server server;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { later.set_value(std::move(e)); });
    server.route("GET", "/ok", echo);
    server.start();
    client gone(server.port());
    gone.send(get("/"));
    auto e = later.get_future().get();
    gone.reset();
    e.respond({.body = std::string(1 << 20, 'x')});
    client c(server.port());
    c.send(get("/ok"));
    EXPECT_EQ(c.read_reply().status, 200);
}

TEST(server, an_answer_larger_than_the_sockets_buffers_comes_whole) {
    std::string big(8 << 20, 'x');
    big += "end";
    http::server server;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { e.respond({.body = big}); });
    server.start();
    client c(server.port());
    c.send(get("/"));
    EXPECT_EQ(c.read_reply().body, big);
}

TEST(server, a_header_of_an_answer_cannot_break_out_of_its_line) {
    http::server server;
    server.route("GET", "/", [](const http::request&, http::exchange e) {
        e.respond({.status = 202, .headers = {{"Location", "/a\r\nSet-Cookie: x"}, {"Bad\r\nName", "x"}}});
    });
    server.start();
    client c(server.port());
    c.send(get("/"));
    const auto r = c.read_reply();
    EXPECT_EQ(r.headers.at("location"), "/a  Set-Cookie: x");
    EXPECT_EQ(r.headers.size(), 3U); // Date, Location, Content-Length
}

TEST(server, serves_from_several_threads) {
    http::server server({.threads = 3});
    std::mutex mutex;
    std::set<std::thread::id> threads;
    server.route("GET", "/", [&](http::request r, http::exchange e) {
        {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
        }
        echo(std::move(r), std::move(e));
    });
    server.start();
    for (int i = 0; i < 6; ++i) {
        client c(server.port());
        c.send(get("/"));
        EXPECT_EQ(c.read_reply().status, 200);
    }
    server.stop();
    EXPECT_EQ(threads.size(), 3U);
}

TEST(server, names_the_address_that_is_in_use_and_says_what_to_do) {
    http::server first;
    first.start();
    http::server second({.port = first.port()});
    try {
        second.start();
        FAIL();
    } catch (const sagaflow::error& e) {
        EXPECT_EQ(e.code(), sagaflow::errc::in_use);
        EXPECT_THAT(e.what(), HasSubstr("127.0.0.1:" + std::to_string(first.port()) + " is in use"));
        EXPECT_THAT(e.what(), HasSubstr("choose another port"));
    }
    first.stop();
    EXPECT_NO_THROW(second.start());
}

TEST(server, refuses_addresses_that_are_none_or_not_here) {
    for (const char* address : {"localhost", "", "300.0.0.1", "203.0.113.7"}) {
        http::server server({.address = address});
        try {
            server.start();
            FAIL() << address;
        } catch (const sagaflow::error& e) {
            EXPECT_EQ(e.code(), sagaflow::errc::invalid_argument);
            EXPECT_THAT(e.what(), HasSubstr(address));
        }
    }
}

TEST(server, takes_no_routes_once_it_is_started) {
    http::server server;
    server.start();
    EXPECT_THROW(server.route("GET", "/", echo), sagaflow::error);
    EXPECT_THROW(server.start(), sagaflow::error);
}

TEST(health, is_alive_always_and_ready_when_every_part_is) {
    std::atomic<bool> ready{true};
    std::atomic<const char*> note{""};
    http::server server;
    http::add_health(server, [&]() -> sagaflow::health_report {
        if (ready)
            return {.ready = true, .parts = {{.name = "publishing", .ok = true, .reason = note.load()}}};
        return {.ready = false,
                .parts = {{.name = "store", .ok = false, .reason = "the disk is full"},
                          {.name = "transport 0", .ok = true, .reason = ""}}};
    });
    server.start();
    client c(server.port());
    const auto ask = [&](const char* path) {
        c.send(get(path));
        return c.read_reply();
    };
    EXPECT_EQ(ask("/livez").status, 200);
    EXPECT_EQ(ask("/readyz").body, R"({"status":"up"})");
    note = "commands are not \"taken\"";
    EXPECT_EQ(ask("/readyz").status, 200);
    EXPECT_EQ(ask("/readyz").body, R"({"status":"up","notes":{"publishing":"commands are not \"taken\""}})");
    ready = false;
    EXPECT_EQ(ask("/livez").status, 200);
    const auto r = ask("/readyz");
    EXPECT_EQ(r.status, 503);
    EXPECT_EQ(r.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(r.body, HasSubstr("store: the disk is full"));
    EXPECT_THAT(r.body, testing::Not(HasSubstr("transport")));
}

} // namespace
