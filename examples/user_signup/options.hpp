// The program's settings.
#pragma once

#include "user/passwords.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/http.hpp>
#include <sagaflow/spdlog.hpp>
#include <sagaflow/yaml.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace signup {

enum class flow : std::uint8_t { compensate, synchronise };

struct program_options {
    std::string data = "signup-data";
    signup::flow flow = signup::flow::compensate;

    std::string commands_topic = "user.newUser.req";
    std::string replies_topic = "user.newUser.res";
    std::string chat_group = "chat";
    std::string customer_group = "customer";

    password_cost password = {};
    std::size_t password_threads = 2;
    std::size_t password_queue = 256;

    sagaflow::http::server_options http = {.port = 8000};
    sagaflow::http::stream_options stream = {.retry = std::chrono::seconds(1)};

    sagaflow::engine_limits limits = {};
    std::chrono::hours retention{24 * 7};
    std::size_t resend_per_second = 0;

    sagaflow::spdlog_options log = {};
};

// The table of settings that fills `options`, which must outlive it.
sagaflow::config::settings settings_of(program_options& options);

} // namespace signup
