#include "programs/options.hpp"

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

void check_topics(const program_options& o, const refuser& refuse) {
    if (o.commands_topic.empty()) refuse("topics.commands", "is empty: expected the name of a topic");
    if (o.replies_topic.empty()) refuse("topics.replies", "is empty: expected the name of a topic");
    if (o.commands_topic == o.replies_topic) {
        refuse("topics.replies", "is the topic of the commands too: expected another name");
    }
    if (o.chat.topic == o.replies_topic)
        refuse("chat.topic", "is the topic of the replies: expected another");
    if (o.customer.topic == o.replies_topic)
        refuse("customer.topic", "is the topic of the replies: expected another");
    if (o.user_group.empty()) refuse("user.group", "is empty: expected the name of a consumer group");
    if (o.chat.group.empty()) refuse("chat.group", "is empty: expected the name of a consumer group");
    if (o.customer.group.empty()) refuse("customer.group", "is empty: expected the name of a consumer group");
    if (o.chat.group == o.customer.group) {
        refuse("customer.group", "is chat's group too: then each would miss what the other takes");
    }
}

// host:port, with a port that there is.
bool is_instance(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || colon == 0 || text.size() - colon > 6) return false;
    const auto port = text.substr(colon + 1);
    return !port.empty() && port.find_first_not_of("0123456789") == std::string::npos &&
           std::stoi(port) > 0 && std::stoi(port) < 65536;
}

void check_instances(const char* setting, const copy_options& c, const refuser& refuse) {
    for (const auto& each : c.instances)
        if (!is_instance(each)) refuse(setting, "\"" + each + "\" is no address:port, as 127.0.0.1:8001");
}

void check_bus(const program_options& o, role of, const refuser& refuse) {
    if (of != role::all && o.bus.kind == bus_kind::memory)
        refuse("transport.kind",
               "is memory, which does not leave a process: expected kafka or amqp, or start "
               "user_signup, which is all services in one");
}

void add_bus(config::settings& s, program_options& o) {
    s.add("transport.kind", &o.bus.kind,
          {{"memory", bus_kind::memory}, {"kafka", bus_kind::kafka}, {"amqp", bus_kind::amqp}},
          {.describe = "What carries the commands of chat and customer, and their answers.",
           .alias = "transport"});
    s.add("wire", &o.wire, {{"cloudevents", wire_format::cloudevents}, {"plain", wire_format::plain}},
          {.describe = "What messages look like on a broker: CloudEvents, or the plain JSON of services that "
                       "were there before."});
}

void check_wire(const program_options& o, role of, const refuser& refuse) {
    if (o.wire != wire_format::plain) return;
    if (of == role::all)
        refuse("wire",
               "is plain, in which a process is one service: expected cloudevents, or start "
               "user_service");
    if (o.flow == flow::compensate && o.chat_topic() == o.customer_topic())
        refuse("wire",
               "is plain, in which every reader of a topic obeys a request: undoing a sign-up in one service "
               "would "
               "delete the user of the other. Set chat.topic and customer.topic to a topic each, or "
               "signup.flow to "
               "synchronise");
    if (o.chat.service_name.empty())
        refuse("chat.service_name", "is empty: expected what the service calls itself");
    if (o.customer.service_name.empty() || o.customer.service_name == o.chat.service_name)
        refuse("customer.service_name", "is empty, or chat's too: expected what the service calls itself");
}

void add_topics(config::settings& s, program_options& o) {
    s.add("topics.commands", &o.commands_topic, {.describe = "Where chat and customer get their commands."});
    s.add("topics.replies", &o.replies_topic, {.describe = "Where their answers go."});
    s.add("user.group", &o.user_group, {.describe = "Consumer group of the user service, for the answers."});
}

void add_copy(config::settings& s, copy_options& c, const std::string& name, bool is_own) {
    s.add(name + ".group", &c.group, {.describe = "Consumer group of the " + name + " service."});
    s.add(name + ".topic", &c.topic, {.describe = "Where it gets its commands; empty: topics.commands."});
    s.add(
        name + ".http.address", &c.http.address,
        {.describe = "Address that " + name + "_service listens on, for health and for trying things out."});
    s.add(name + ".service_name", &c.service_name,
          {.describe = "With wire: plain, what the service calls itself in its answers."});
    s.add(name + ".http.port", &c.http.port,
          {.describe = "Port of that; 0 takes a free one.", .alias = is_own ? "port" : ""});
    s.add(name + ".instances", &c.instances,
          {.describe = "address:port of each " + name + "_service that the page may make slow or deaf."});
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
    add_bus(s, o);
    add_topics(s, o);
    add_copy(s, o.chat, "chat", of == role::chat);
    add_copy(s, o.customer, "customer", of == role::customer);
    add_passwords(s, o);
    add_http(s, o, of == role::all || of == role::user);
    add_engine(s, o);
    add_log(s, o);
    s.check([&o, of](const refuser& refuse) {
        check_places(o, refuse);
        check_topics(o, refuse);
        check_instances("chat.instances", o.chat, refuse);
        check_instances("customer.instances", o.customer, refuse);
        check_bus(o, of, refuse);
        check_wire(o, of, refuse);
    });
    return s;
}

} // namespace signup
