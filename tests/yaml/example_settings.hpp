// A program's settings of every kind, for the tests.
#pragma once

#include <sagaflow/yaml.hpp>

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::config {

enum class flow { compensate, synchronise };

struct example_options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
    bool tls = false;
    std::size_t max_body = 64 * 1024;
    std::chrono::milliseconds idle{30'000};
    double rate = 1.5;
    flow chosen = flow::compensate;
    std::string user = {};
    std::string password = {};
    std::vector<std::string> brokers = {};
    properties extra = {};
};

class example {
  public:
    example() : settings({.name = "demo", .about = "Signs users up.", .environment_prefix = "DEMO"}) {
        using namespace std::chrono_literals;
        settings.add("http.host", &options.host, {.describe = "Address to listen on."});
        settings.add("http.port", &options.port,
                     {.describe = "Port to listen on.", .max = 65535, .alias = "port"});
        settings.add("http.tls", &options.tls, {.describe = "Whether to encrypt."});
        settings.add_size("http.max_body", &options.max_body,
                          {.describe = "Largest body.", .min = 1024, .max = 1 << 20, .reloadable = true});
        settings.add(
            "http.idle", &options.idle,
            {.describe = "When an idle client is cut off.", .min = 1s, .max = 1h, .reloadable = true});
        settings.add("signup.rate", &options.rate, {.min = 0.5, .max = 100, .unit = "sign-ups a second"});
        settings.add("signup.flow", &options.chosen,
                     {{"compensate", flow::compensate}, {"synchronise", flow::synchronise}},
                     {.alias = "flow"});
        settings.add("store.user", &options.user);
        settings.add("store.password", &options.password, {.secret = true, .reloadable = true});
        settings.add("kafka.brokers", &options.brokers, {.describe = "Where to begin."});
        settings.add("kafka.properties", &options.extra,
                     {.describe = "librdkafka's own.", .reloadable = true});
    }

    // The mistakes in a file of this content, a line each.
    std::vector<std::string> mistakes_in(const std::string& text) {
        return load({.file = "demo.yaml", .text = text});
    }
    std::string only_mistake_in(const std::string& text) { return only(mistakes_in(text)); }

    std::vector<std::string> load(const sources& from) {
        std::vector<std::string> lines;
        for (const auto& mistake : settings.load(from)) lines.push_back(mistake.text());
        return lines;
    }
    std::string only_mistake(const sources& from) { return only(load(from)); }

    std::string effective() const {
        std::ostringstream out;
        settings.print_effective(out);
        return out.str();
    }

    example_options options;
    config::settings settings;

  private:
    static std::string only(const std::vector<std::string>& lines) {
        EXPECT_EQ(lines.size(), 1U) << testing::PrintToString(lines);
        return lines.empty() ? "none" : lines[0];
    }
};

} // namespace sagaflow::config
