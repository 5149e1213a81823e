#include "client.hpp"

#include <sagaflow/http_metrics.hpp>

#include <gmock/gmock.h>

namespace {

namespace http = sagaflow::http;
using sagaflow::metric;
using testing::HasSubstr;

TEST(prometheus_text, tells_each_name_once_with_its_help_and_type) {
    const auto text = http::to_prometheus({
        {"commands_total", "Commands, by result.", metric::type::counter, {{"result", "handled"}}, 3},
        {"ready", "1 while ready.", metric::type::gauge, {}, 1},
        {"commands_total",
         "Commands, by result.",
         metric::type::counter,
         {{"result", "late"}, {"by", "x"}},
         0.25},
    });
    EXPECT_EQ(text,
              "# HELP commands_total Commands, by result.\n"
              "# TYPE commands_total counter\n"
              "commands_total{result=\"handled\"} 3\n"
              "commands_total{result=\"late\",by=\"x\"} 0.25\n"
              "# HELP ready 1 while ready.\n"
              "# TYPE ready gauge\n"
              "ready 1\n");
}

TEST(prometheus_text, escapes_what_would_end_a_line_or_a_label) {
    const auto text =
        http::to_prometheus({{"m", "a\\b\nc \"d\"", metric::type::gauge, {{"l", "q\"u\\o\nte"}}, 1}});
    EXPECT_EQ(text,
              "# HELP m a\\\\b\\nc \"d\"\n"
              "# TYPE m gauge\n"
              "m{l=\"q\\\"u\\\\o\\nte\"} 1\n");
}

TEST(metrics_route, answers_what_was_collected_and_the_servers_own_figures) {
    http::server server;
    int asked = 0;
    http::add_metrics(server, [&] {
        return std::vector<metric>{{"asked_total", "Asked.", metric::type::counter, {}, double(++asked)}};
    });
    server.start();
    for (const auto* expected : {"\nasked_total 1\n", "\nasked_total 2\n"}) {
        http_test::client c(server.port());
        c.send(http_test::get("/metrics"));
        const auto r = c.read_reply();
        EXPECT_EQ(r.status, 200);
        EXPECT_EQ(r.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        EXPECT_THAT(r.body, HasSubstr(expected));
        EXPECT_THAT(r.body, HasSubstr("\n# TYPE sagaflow_http_requests_total counter\n"));
        EXPECT_THAT(r.body, HasSubstr("\nsagaflow_http_connections "));
    }
}

} // namespace
