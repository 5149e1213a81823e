#include "client.hpp"

#include <sagaflow/http.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace {

namespace http = sagaflow::http;
using namespace std::chrono_literals;
using http_test::client;
using http_test::get;
using http_test::unchunked;
using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* hello = "retry: 3000\n: connected\n\n";

// A server with one path, whose streams the test gets into its hands.
class stream_test : public testing::Test {
  protected:
    void start(http::stream_options options = {}, http::limits bounds = {}) {
        server = std::make_unique<http::server>(http::server_options{.limits = bounds});
        server->route("GET", "/", [this, options](const http::request&, http::exchange e) {
            auto s = e.stream(options);
            const std::lock_guard lock(mutex);
            opened.set_value(std::move(s));
        });
        server->start();
    }
    http::event_stream open(client& c, const std::string& request = get("/")) {
        std::future<http::event_stream> next;
        {
            const std::lock_guard lock(mutex);
            opened = {};
            next = opened.get_future();
        }
        c.send(request);
        return next.get();
    }

    std::mutex mutex;
    std::promise<http::event_stream> opened;
    std::unique_ptr<http::server> server;
};

TEST_F(stream_test, sends_its_head_and_a_first_line_at_once) {
    start();
    client c(server->port());
    const auto s = open(c);
    const auto head = c.read_reply(false);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(head.headers.at("cache-control"), "no-cache, no-transform");
    EXPECT_EQ(head.headers.at("x-accel-buffering"), "no");
    EXPECT_EQ(head.headers.count("content-length"), 0U);
    EXPECT_THAT(c.read_until(": connected\n\n"), EndsWith("retry: 3000\n: connected\n\n"));
}

TEST_F(stream_test, carries_events_until_the_end_of_the_body) {
    start();
    client c(server->port());
    auto s = open(c);
    EXPECT_TRUE(s.send(http::sse_event(1, "a")));
    const std::vector<http::sse_event> more{{2, "b\nc"}, {3, "d"}};
    EXPECT_TRUE(s.send(more));
    s.end();
    EXPECT_FALSE(s.send(http::sse_event(4, "late")));
    EXPECT_TRUE(s.closed());
    c.read_reply(false);
    const auto body = c.read_all();
    EXPECT_THAT(body, EndsWith("\r\n0\r\n\r\n"));
    EXPECT_EQ(unchunked(body),
              std::string(hello) + "id: 1\ndata: a\n\nid: 2\ndata: b\ndata: c\n\nid: 3\ndata: d\n\n");
}

TEST_F(stream_test, for_http_1_0_the_body_is_plain_and_ends_with_the_connection) {
    start();
    client c(server->port());
    auto s = open(c, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    s.send(http::sse_event(1, "a"));
    s.end();
    EXPECT_EQ(c.read_reply(false).headers.count("transfer-encoding"), 0U);
    EXPECT_EQ(c.read_all(), std::string(hello) + "id: 1\ndata: a\n\n");
}

TEST_F(stream_test, sends_a_comment_when_it_is_time) {
    start({.retry = 100ms, .heartbeat = 60ms});
    client c(server->port());
    const auto s = open(c);
    EXPECT_THAT(c.read_until(": connected\n\n"), HasSubstr("retry: 100\n"));
    for (int i = 0; i < 3; ++i) c.read_until("\r\n: still here\n\n\r\n");
}

TEST_F(stream_test, tells_when_the_client_left_and_keeps_nothing_for_it) {
    start();
    for (const bool hard : {false, true}) {
        client c(server->port());
        auto s = open(c);
        c.read_until(": connected\n\n");
        std::promise<void> gone;
        s.on_closed([&] { gone.set_value(); });
        EXPECT_FALSE(s.closed());
        hard ? c.reset() : c.leave();
        gone.get_future().get();
        EXPECT_TRUE(s.closed());
        EXPECT_FALSE(s.send(http::sse_event(1, "a")));
        bool at_once = false;
        s.on_closed([&] { at_once = true; });
        EXPECT_TRUE(at_once);
    }
    EXPECT_EQ(server->stats().streams, 0U);
}

TEST_F(stream_test, the_end_is_not_told_as_the_client_leaving) {
    start();
    client c(server->port());
    auto s = open(c);
    bool told = false;
    s.on_closed([&] { told = true; });
    s.end();
    EXPECT_THAT(c.read_all(), EndsWith("0\r\n\r\n"));
    server->stop();
    EXPECT_FALSE(told);
}

TEST_F(stream_test, a_dropped_handle_cuts_the_client_off_so_that_it_comes_back) {
    start();
    client c(server->port());
    {
        auto s = open(c);
        s.send(http::sse_event(1, "a"));
    }
    const auto all = c.read_all();
    EXPECT_THAT(all, HasSubstr("data: a\n\n"));
    EXPECT_THAT(all, testing::Not(EndsWith("0\r\n\r\n")));
}

TEST_F(stream_test, a_closing_callback_may_own_the_stream) {
    start();
    client c(server->port());
    auto s = std::make_shared<http::event_stream>(open(c));
    std::promise<void> gone;
    s->on_closed([s, &gone] { gone.set_value(); });
    s.reset();
    c.leave();
    gone.get_future().get();
}

TEST_F(stream_test, a_client_that_does_not_read_is_cut_off_while_others_go_on) {
    start({.queue_bytes = 100'000});
    client slow(server->port(), 4096);
    auto to_slow = open(slow);
    client good(server->port());
    auto to_good = open(good);
    good.read_until(": connected\n\n");
    std::promise<void> cut;
    to_slow.on_closed([&] { cut.set_value(); });
    const std::string data(10'000, 'x');
    std::uint64_t id = 0;
    while (to_slow.send(http::sse_event(++id, data))) {
        ASSERT_TRUE(to_good.send(http::sse_event(id, data)));
        good.read_until("id: " + std::to_string(id) + "\n");
        good.read_until("\n\n");
        ASSERT_LT(id, 10'000U);
    }
    cut.get_future().get();
    EXPECT_EQ(server->stats().cut_off, 1U);
    EXPECT_TRUE(to_good.send(http::sse_event(++id, "still here")));
    good.read_until("data: still here\n\n");
    const auto got = slow.read_all();
    EXPECT_THAT(got, HasSubstr("id: 1\n"));
    EXPECT_THAT(got, testing::Not(EndsWith("0\r\n\r\n")));
}

TEST_F(stream_test, a_client_that_stopped_reading_is_cut_off_in_time_even_if_little_waits_for_it) {
    start({.queue_bytes = 64 << 20}, {.write_time = 50ms});
    client slow(server->port(), 4096);
    auto s = open(slow);
    std::promise<void> cut;
    s.on_closed([&] { cut.set_value(); });
    EXPECT_TRUE(s.send(http::sse_event(1, std::string(32 << 20, 'x'))));
    cut.get_future().get();
    EXPECT_EQ(server->stats().cut_off, 1U);
}

TEST_F(stream_test, one_event_that_alone_is_over_the_bound_is_still_sent) {
    start({.queue_bytes = 10});
    client c(server->port());
    auto s = open(c);
    EXPECT_TRUE(s.send(http::sse_event(1, "longer than ten bytes")));
    c.read_until("longer than ten bytes\n\n");
}

TEST_F(stream_test, input_during_a_stream_is_ignored_within_bounds) {
    start({}, {.drain_bytes = 100'000});
    client c(server->port());
    auto s = open(c);
    c.read_until(": connected\n\n");
    c.send(get("/"));
    EXPECT_TRUE(s.send(http::sse_event(1, "a")));
    c.read_until("data: a\n\n");
    std::promise<void> gone;
    s.on_closed([&] { gone.set_value(); });
    const std::string noise(10'000, 'x');
    while (c.try_send(noise)) {
    }
    gone.get_future().get();
}

TEST_F(stream_test, head_gets_the_head_only) {
    start();
    client c(server->port());
    auto s = open(c, "HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(c.read_reply(false).headers.at("content-type"), "text/event-stream");
    EXPECT_EQ(c.read_all(), "");
    EXPECT_FALSE(s.send(http::sse_event(1, "a")));
}

TEST_F(stream_test, head_gets_the_head_only_also_when_events_are_there_at_once) {
    http::server quick;
    http::event_stream kept;
    quick.route("GET", "/", [&kept](const http::request&, http::exchange e) {
        kept = e.stream();
        kept.send(http::sse_event(1, "a"));
    });
    quick.start();
    client c(quick.port());
    c.send("HEAD / HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_EQ(c.read_reply(false).status, 200);
    EXPECT_EQ(c.read_all(), "");
}

TEST_F(stream_test, many_clients_share_events_sent_from_several_threads) {
    start();
    constexpr std::size_t count = 50;
    std::vector<client> clients;
    std::vector<http::event_stream> streams;
    for (std::size_t i = 0; i < count; ++i) streams.push_back(open(clients.emplace_back(server->port())));
    std::vector<http::sse_event> events;
    for (std::uint64_t id = 1; id <= 100; ++id) events.emplace_back(id, std::string(200, 'x'));
    const auto send_to = [&](std::size_t from, std::size_t to) {
        for (const auto& e : events) {
            for (std::size_t i = from; i < to; ++i) EXPECT_TRUE(streams[i].send(e));
        }
        for (std::size_t i = from; i < to; ++i) streams[i].end();
    };
    std::thread other([&] { send_to(0, count / 2); });
    send_to(count / 2, count);
    other.join();
    std::string expected = hello;
    for (const auto& e : events) expected += e.text();
    for (client& c : clients) {
        c.read_reply(false);
        EXPECT_EQ(unchunked(c.read_all()), expected);
    }
}

} // namespace
