// The settings of all the programs: one file, one table, a section for each that needs one. A program reads
// what concerns it and checks the rest.
#pragma once

#include "base/bus.hpp"
#include "user/passwords.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/http.hpp>
#include <sagaflow/spdlog.hpp>
#include <sagaflow/yaml.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace signup {

// Which services a program is.
enum class role : std::uint8_t { all, user, chat, customer };

const char* program_name(role of);

// What the messages look like on a broker.
enum class wire_format : std::uint8_t { cloudevents, plain };

enum class flow : std::uint8_t { compensate, synchronise };

// Of chat and of customer.
struct copy_options {
    std::string group;
    std::string topic = {};                   // empty: the shared one
    sagaflow::http::server_options http = {}; // of the program, where it is one of its own
    std::string service_name = {};            // in the plain format: what the service calls itself
    std::vector<std::string> instances = {};  // address:port of the programs, for who asks them
};

struct program_options {
    std::string data = "signup-data";
    signup::flow flow = signup::flow::compensate;

    bus_options bus = {};
    wire_format wire = wire_format::cloudevents;
    std::string commands_topic = "user.newUser.req";
    std::string replies_topic = "user.newUser.res";
    std::string user_group = "user";
    copy_options chat = {.group = "chat", .http = {.port = 8001}, .service_name = "chat"};
    copy_options customer = {.group = "customer", .http = {.port = 8002}, .service_name = "customer"};

    password_cost password = {};
    std::size_t password_threads = 2;
    std::size_t password_queue = 256;

    sagaflow::http::server_options http = {.port = 8000};
    sagaflow::http::stream_options stream = {.retry = std::chrono::seconds(1)};

    sagaflow::engine_limits limits = {};
    std::chrono::hours retention{24 * 7};
    std::size_t resend_per_second = 0;

    sagaflow::spdlog_options log = {};

    const std::string& chat_topic() const { return chat.topic.empty() ? commands_topic : chat.topic; }
    const std::string& customer_topic() const {
        return customer.topic.empty() ? commands_topic : customer.topic;
    }
};

// The table of settings that fills `options`, which must outlive it. What it is called and what --port means
// depends on the role.
sagaflow::config::settings settings_of(program_options& options, role of = role::all);

} // namespace signup
