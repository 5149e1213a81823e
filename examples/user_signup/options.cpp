#include "options.hpp"

#include <boost/asio/ip/address.hpp>

namespace signup {

namespace {

namespace config = sagaflow::config;

void check_places(const program_options& o, const config::settings::refuse& refuse) {
    if (o.data.empty()) refuse("data", "is empty: expected a folder");
    boost::system::error_code none;
    boost::asio::ip::make_address(o.http.address, none);
    if (none) refuse("http.address", "is no IP address: write it in numbers, as 127.0.0.1 or ::1");
}

void check_topics(const program_options& o, const config::settings::refuse& refuse) {
    if (o.commands_topic.empty()) refuse("topics.commands", "is empty: expected the name of a topic");
    if (o.replies_topic.empty()) refuse("topics.replies", "is empty: expected the name of a topic");
    if (o.commands_topic == o.replies_topic) {
        refuse("topics.replies", "is the topic of the commands too: expected another name");
    }
    if (o.chat_group.empty()) refuse("chat.group", "is empty: expected the name of a consumer group");
    if (o.customer_group.empty()) refuse("customer.group", "is empty: expected the name of a consumer group");
    if (o.chat_group == o.customer_group) {
        refuse("customer.group", "is chat's group too: then each would miss what the other takes");
    }
}

void add_topics(config::settings& s, program_options& o) {
    s.add("topics.commands", &o.commands_topic, {.describe = "Where chat and customer get their commands."});
    s.add("topics.replies", &o.replies_topic, {.describe = "Where their answers go."});
    s.add("chat.group", &o.chat_group, {.describe = "Consumer group of the chat service."});
    s.add("customer.group", &o.customer_group, {.describe = "Consumer group of the customer service."});
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

void add_http(config::settings& s, program_options& o) {
    auto& h = o.http;
    s.add("http.address", &h.address, {.describe = "Address of this machine to listen on."});
    s.add("http.port", &h.port, {.describe = "Port to listen on; 0 takes a free one.", .alias = "port"});
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

config::settings settings_of(program_options& o) {
    config::settings s(
        {.name = "user_signup", .about = "The user sign-up: signs users up in three services, live."});
    s.add("data", &o.data, {.describe = "Folder that keeps the users and the sagas; made if missing."});
    s.add("signup.flow", &o.flow, {{"compensate", flow::compensate}, {"synchronise", flow::synchronise}},
          {.describe = "What a duplicate does to a new sign-up: undo it everywhere, or be reported.",
           .alias = "flow"});
    add_topics(s, o);
    add_passwords(s, o);
    add_http(s, o);
    add_engine(s, o);
    add_log(s, o);
    s.check([&o](const config::settings::refuse& refuse) {
        check_places(o, refuse);
        check_topics(o, refuse);
    });
    return s;
}

} // namespace signup
