#include "client.hpp"

#include <sagaflow/http.hpp>

#include <chrono>
#include <future>
#include <optional>
#include <system_error>

#include <gmock/gmock.h>

namespace {

namespace http = sagaflow::http;
using namespace std::chrono_literals;
using http_test::client;
using http_test::get;
using testing::EndsWith;
using testing::HasSubstr;

using milliseconds = std::chrono::milliseconds;

milliseconds time_of_stop(http::server& s, milliseconds deadline) {
    const auto start = std::chrono::steady_clock::now();
    s.stop(deadline);
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

TEST(stop, ends_open_streams_after_what_is_queued_and_tells_their_owners) {
    http::server server;
    std::promise<http::event_stream> opened;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { opened.set_value(e.stream()); });
    server.start();
    client c(server.port());
    c.send(get("/"));
    auto s = opened.get_future().get();
    bool told = false;
    s.on_closed([&] { told = true; });
    s.send(http::sse_event(1, "last words"));
    auto reading = std::async(std::launch::async, [&] {
        auto all = c.read_all();
        c.leave();
        return all;
    });
    EXPECT_LT(time_of_stop(server, 10s), 5s);
    EXPECT_TRUE(told);
    const auto got = reading.get();
    EXPECT_THAT(got, HasSubstr("data: last words\n\n"));
    EXPECT_THAT(got, EndsWith("0\r\n\r\n"));
    EXPECT_FALSE(s.send(http::sse_event(2, "too late")));
}

TEST(stop, does_not_wait_for_a_client_that_keeps_its_stream_open) {
    http::server server;
    std::promise<http::event_stream> opened;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { opened.set_value(e.stream()); });
    server.start();
    client c(server.port());
    c.send(get("/"));
    const auto s = opened.get_future().get();
    EXPECT_LT(time_of_stop(server, 10s), 5s);
}

TEST(stop, lets_an_answer_that_is_due_go_out) {
    http::server server;
    std::promise<http::exchange> asked;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { asked.set_value(std::move(e)); });
    server.start();
    client c(server.port());
    c.send(get("/"));
    auto e = asked.get_future().get();
    auto stopping = std::async(std::launch::async, [&] { server.stop(10s); });
    const auto is_refused = [&] {
        try {
            client late(server.port());
            return false;
        } catch (const std::system_error&) {
            return true;
        }
    };
    while (!is_refused()) std::this_thread::yield();
    e.respond({.body = "as promised"});
    const auto r = c.read_reply();
    EXPECT_EQ(r.body, "as promised");
    EXPECT_EQ(r.headers.at("connection"), "close");
    c.leave();
    stopping.get();
}

TEST(stop, cuts_off_at_the_deadline_what_is_not_answered) {
    http::server server;
    std::promise<http::exchange> asked;
    server.route("GET", "/", [&](const http::request&, http::exchange e) { asked.set_value(std::move(e)); });
    server.start();
    client c(server.port());
    c.send(get("/"));
    auto e = asked.get_future().get();
    EXPECT_LT(time_of_stop(server, 50ms), 5s);
    EXPECT_EQ(c.read_all(), "");
    e.respond({.body = "nobody hears it"});
}

TEST(stop, closes_idle_connections_at_once_and_can_be_repeated) {
    http::server server;
    server.start();
    client idle(server.port());
    idle.send(get("/"));
    idle.read_reply();
    EXPECT_LT(time_of_stop(server, 10s), 5s);
    EXPECT_TRUE(idle.is_closed_by_server());
    server.stop();
}

TEST(stop, what_is_still_held_does_nothing_once_the_server_is_gone) {
    std::optional<http::server> server;
    server.emplace();
    std::promise<http::exchange> asked;
    std::promise<http::event_stream> opened;
    server->route("GET", "/a",
                  [&](const http::request&, http::exchange e) { asked.set_value(std::move(e)); });
    server->route("GET", "/b", [&](const http::request&, http::exchange e) { opened.set_value(e.stream()); });
    server->start();
    client a(server->port());
    client b(server->port());
    a.send(get("/a"));
    b.send(get("/b"));
    auto e = asked.get_future().get();
    auto s = opened.get_future().get();
    server.reset();
    EXPECT_FALSE(e.stream().send(http::sse_event(1, "a")));
    EXPECT_FALSE(s.send(http::sse_event(1, "a")));
}

TEST(stop, the_same_port_can_be_listened_on_again_at_once) {
    http::server first;
    first.route("GET", "/", [](const http::request&, http::exchange e) { e.respond({.body = "first"}); });
    first.start();
    client c(first.port());
    c.send(get("/"));
    c.read_reply();
    first.stop(0ms); // with a connection open, whose end lingers in the kernel
    http::server second({.port = first.port()});
    second.route("GET", "/", [](const http::request&, http::exchange e) { e.respond({.body = "second"}); });
    second.start();
    EXPECT_EQ(second.port(), first.port());
    client again(second.port());
    again.send(get("/"));
    EXPECT_EQ(again.read_reply().body, "second");
}

} // namespace
