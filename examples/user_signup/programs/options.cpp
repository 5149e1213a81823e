#include "programs/options.hpp"

#include "programs/service_options.hpp"

#include <string>

#include <boost/asio/ip/address.hpp>

namespace signup {

namespace {

namespace config = sagaflow::config;
using refuser = config::settings::refuse;

const char* about(role of) {
    switch (of) {
        case role::user:
            return "The user service of the user sign-up: takes requests, runs the sagas, serves the page.";
        case role::chat:
            return "The chat service of the user sign-up: takes commands from the broker.";
        case role::customer:
            return "The customer service of the user sign-up: takes commands from the broker.";
        case role::all:
            break;
    }
    return "The user sign-up: signs users up in three services, live.";
}

void check_address(const char* setting, const std::string& address, const refuser& refuse) {
    boost::system::error_code none;
    boost::asio::ip::make_address(address, none);
    if (none) refuse(setting, "is no IP address: write it in numbers, as 127.0.0.1 or ::1");
}

void check_places(const program_options& o, const refuser& refuse) {
    if (o.data.empty()) refuse("data", "is empty: expected a folder");
    check_address("http.address", o.http.address, refuse);
    check_address("chat.http.address", o.chat.http.address, refuse);
    check_address("customer.http.address", o.customer.http.address, refuse);
}

void add_passwords(config::settings& s, program_options& o) {
    s.add("passwords.memory_kib", &o.password.memory_kib,
          {.describe = "Memory that hashing one password takes (argon2id).",
           .min = 64,
           .max = 1024 * 1024,
           .unit = "KiB"});
    s.add("passwords.passes", &o.password.passes, {.describe = "Passes over it.", .min = 1, .max = 100});
    s.add("passwords.threads", &o.password_threads,
          {.describe = "How many passwords are hashed at once.", .min = 1, .max = 64});
    s.add("passwords.queue", &o.password_queue,
          {.describe = "How many sign-ups may wait for that; more are refused (503).",
           .min = 1,
           .max = 100'000});
}

void add_http(config::settings& s, program_options& o, bool is_own) {
    auto& h = o.http;
    s.add("http.address", &h.address, {.describe = "Address of this machine to listen on."});
    s.add("http.port", &h.port,
          {.describe = "Port to listen on; 0 takes a free one.", .alias = is_own ? "port" : ""});
    s.add("http.threads", &h.threads, {.describe = "Threads that serve.", .min = 1, .max = 64});
    s.add_size("http.body_size", &h.limits.body_bytes,
               {.describe = "Longest body of a request.", .max = 64 << 20});
    s.add("http.connections", &h.limits.connections,
          {.describe = "Connections at once.", .min = 1, .max = 1'000'000});
    s.add("http.heartbeat", &o.stream.heartbeat,
          {.describe = "How often a silent stream of events says that it is there.",
           .min = std::chrono::milliseconds(10)});
    s.add("http.retry", &o.stream.retry, {.describe = "What a client is told to wait before it comes back."});
}

void add_engine(config::settings& s, program_options& o) {
    s.add("engine.retention", &o.retention,
          {.describe = "How long what has ended is kept.", .min = std::chrono::hours(1)});
    s.add("engine.hot_sagas", &o.limits.hot_sagas, {.describe = "Sagas kept in memory.", .min = 1});
    s.add("engine.pending_starts", &o.limits.pending_starts,
          {.describe = "Starts that may wait to be stored; more are refused (503).", .min = 1});
    s.add("engine.resend_per_second", &o.resend_per_second,
          {.describe = "Commands sent again a second after a restart; 0: as fast as it can."});
}

void add_log(config::settings& s, program_options& o) {
    using sagaflow::log_format;
    using sagaflow::log_level;
    s.add("log.level", &o.log.level,
          {{"debug", log_level::debug},
           {"info", log_level::info},
           {"warn", log_level::warn},
           {"error", log_level::error}},
          {.describe = "What is less severe is not written."});
    s.add("log.format", &o.log.format, {{"text", log_format::text}, {"ecs", log_format::ecs}},
          {.describe = "Lines for people, or JSON for Elasticsearch."});
    s.add("log.file", &o.log.file, {.describe = "Appended to; empty: standard error."});
}

} // namespace

const char* program_name(role of) {
    switch (of) {
        case role::user:
            return "user_service";
        case role::chat:
            return "chat_service";
        case role::customer:
            return "customer_service";
        case role::all:
            break;
    }
    return "user_signup";
}

config::settings settings_of(program_options& o, role of) {
    config::settings s({.name = program_name(of), .about = about(of)});
    s.add(
        "data", &o.data,
        {.describe = "Folder that keeps the users and the sagas, a file for each service; made if missing."});
    s.add("signup.flow", &o.flow, {{"compensate", flow::compensate}, {"synchronise", flow::synchronise}},
          {.describe = "What a duplicate does to a new sign-up: undo it everywhere, or be reported.",
           .alias = "flow"});
    add_bus(s, o.bus);
    add_services(s, o, of);
    add_passwords(s, o);
    add_http(s, o, of == role::all || of == role::user);
    add_engine(s, o);
    add_log(s, o);
    s.check([&o, of](const refuser& refuse) {
        check_places(o, refuse);
        check_bus(o.bus, refuse);
        check_services(o, of, refuse);
    });
    return s;
}

} // namespace signup
