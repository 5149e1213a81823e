#include "client.hpp"

#include <sagaflow/http.hpp>

#include <atomic>
#include <future>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

namespace http = sagaflow::http;
using namespace std::chrono_literals;
using http_test::client;
using http_test::get;
using http_test::post;
using testing::HasSubstr;

struct running {
    explicit running(const http::limits& bounds) : server({.limits = bounds}) {
        const auto echo = [](http::request r, http::exchange e) { e.respond({.body = std::move(r.body)}); };
        server.route("GET", "/", echo);
        server.route("POST", "/", echo);
        server.start();
    }
    http::server server;
};

TEST(limits, a_body_over_the_limit_is_413_even_for_a_client_that_sends_it_all_first) {
    running s({});
    client c(s.server.port());
    c.send(post("/", std::string(4 << 20, 'x')));
    const auto r = c.read_reply();
    EXPECT_EQ(r.status, 413);
    EXPECT_EQ(r.headers.at("connection"), "close");
    EXPECT_THAT(r.body, HasSubstr("65536 bytes"));
}

TEST(limits, a_body_at_the_limit_is_taken) {
    running s({});
    client c(s.server.port());
    c.send(post("/", std::string(64 * 1024, 'x')));
    EXPECT_EQ(c.read_reply().body.size(), 64U * 1024);
}

TEST(limits, a_chunked_body_over_the_limit_is_413) {
    running s({.body_bytes = 1000});
    client c(s.server.port());
    c.send("POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; ++i) c.send("64\r\n" + std::string(100, 'x') + "\r\n");
    c.send("0\r\n\r\n");
    EXPECT_EQ(c.read_reply().status, 413);
}

TEST(limits, a_client_that_waits_to_be_asked_learns_at_once_that_its_body_is_too_large) {
    running s({});
    client c(s.server.port());
    c.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(c.read_reply().status, 413);
}

TEST(limits, what_is_thrown_away_of_a_body_is_bounded) {
    running s({.drain_bytes = 100'000});
    client c(s.server.port());
    c.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string part(1 << 20, 'x');
    int parts = 0;
    while (parts < 100 && c.try_send(part)) ++parts;
    EXPECT_LT(parts, 100);
}

TEST(limits, headers_over_the_limit_are_431) {
    running s({});
    client c(s.server.port());
    c.send(get("/", "X: " + std::string(20'000, 'x') + "\r\n"));
    EXPECT_EQ(c.read_reply().status, 431);
}

TEST(limits, a_client_that_dribbles_its_headers_gets_408_in_time) {
    running s({.header_time = 100ms});
    client c(s.server.port());
    c.send("GET / HTTP/1.1\r\n");
    // It goes on, but the time for the whole does not begin anew.
    std::atomic<bool> done{false};
    const auto dribble = std::async(std::launch::async, [&] {
        while (!done && c.try_send("X: y\r\n")) std::this_thread::sleep_for(5ms);
    });
    EXPECT_EQ(c.read_reply().status, 408);
    done = true;
}

TEST(limits, a_client_that_dribbles_its_body_gets_408_in_time) {
    running s({.body_time = 100ms});
    client c(s.server.port());
    c.send("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\nx");
    const auto r = c.read_reply();
    EXPECT_EQ(r.status, 408);
    EXPECT_THAT(r.body, HasSubstr("body"));
}

TEST(limits, a_client_that_says_nothing_is_closed_without_a_word) {
    running s({.header_time = 50ms, .idle_time = 50ms});
    client silent(s.server.port());
    EXPECT_EQ(silent.read_all(), "");
    client idle(s.server.port());
    idle.send(get("/"));
    EXPECT_EQ(idle.read_reply().status, 200);
    EXPECT_EQ(idle.read_all(), "");
}

TEST(limits, a_client_that_does_not_read_its_answer_is_cut_off) {
    std::promise<void> asked;
    http::server server({.limits = {.write_time = 50ms}});
    server.route("GET", "/", [&](const http::request&, http::exchange e) {
        asked.set_value();
        e.respond({.body = std::string(32 << 20, 'x')});
    });
    server.start();
    client c(server.port(), 4096);
    c.send(get("/"));
    asked.get_future().get();
    server.stop(10s); // ends before its deadline because that client is cut off
    EXPECT_EQ(server.stats().cut_off, 1U);
    EXPECT_LT(c.read_all().size(), 32U << 20);
}

TEST(limits, a_connection_too_many_is_told_so) {
    running s({.connections = 2});
    std::vector<client> taken;
    for (int i = 0; i < 2; ++i) {
        client& c = taken.emplace_back(s.server.port());
        c.send(get("/"));
        EXPECT_EQ(c.read_reply().status, 200);
    }
    client refused(s.server.port());
    const auto r = refused.read_reply();
    EXPECT_EQ(r.status, 503);
    EXPECT_EQ(r.headers.at("retry-after"), "1");
    EXPECT_EQ(s.server.stats().refused, 1U);
    taken[0].send(get("/"));
    EXPECT_EQ(taken[0].read_reply().status, 200);
}

// Waits for the third line.
struct telling_sink final : sagaflow::log_sink {
    void write(sagaflow::log_level level, std::string_view,
               std::span<const sagaflow::log_field>) noexcept override {
        if (level == sagaflow::log_level::warn) ++warnings;
        if (++lines == 3) third.set_value();
    }
    std::promise<void> third;
    std::atomic<int> lines{0};
    std::atomic<int> warnings{0};
};

// From here on the process can open so many descriptors, and no more.
class few_descriptors {
  public:
    explicit few_descriptors(int count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest_free = ::dup(0);
        ::close(lowest_free);
        const rlimit low{.rlim_cur = static_cast<rlim_t>(lowest_free + count), .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &low);
    }
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

TEST(limits, without_a_free_descriptor_clients_wait_until_there_is_one_and_one_warning_is_enough) {
    telling_sink log;
    http::server server({.log = &log});
    server.route("GET", "/", [](const http::request&, http::exchange e) { e.respond({.body = "hello"}); });
    server.start();
    std::optional<few_descriptors> few(std::in_place, 1); // for the client's own end
    client c(server.port());
    c.send(get("/"));
    log.third.get_future().get();
    few.reset();
    EXPECT_EQ(c.read_reply().body, "hello");
    EXPECT_EQ(log.warnings, 1);
}

} // namespace
