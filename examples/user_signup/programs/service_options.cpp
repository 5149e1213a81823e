#include "programs/service_options.hpp"

#include <string>

namespace signup {

namespace {

namespace config = sagaflow::config;
using refuser = config::settings::refuse;

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

void check_kind(const program_options& o, role of, const refuser& refuse) {
    if (of != role::all && o.bus.kind == bus_kind::memory)
        refuse("transport.kind",
               "is memory, which does not leave a process: expected kafka or amqp, or start "
               "user_signup, which is all services in one");
}

void check_wire(const program_options& o, role of, const refuser& refuse) {
    if (o.wire != wire_format::plain) return;
    if (of == role::all)
        refuse("wire",
               "is plain, in which a process is one service: expected cloudevents, or start "
               "user_service");
    if (o.flow == flow::compensate && o.chat_topic() == o.customer_topic())
        refuse("wire",
               "is plain, in which every reader of a topic obeys a request: to undo a sign-up in one "
               "service would delete the user of the other. Set chat.topic and customer.topic to a "
               "topic each, or signup.flow to synchronise");
    if (o.chat.service_name.empty())
        refuse("chat.service_name", "is empty: expected what the service calls itself");
    if (o.customer.service_name.empty() || o.customer.service_name == o.chat.service_name)
        refuse("customer.service_name", "is empty, or chat's too: expected what the service calls itself");
}

void add_wire(config::settings& s, program_options& o) {
    s.add("wire", &o.wire, {{"cloudevents", wire_format::cloudevents}, {"plain", wire_format::plain}},
          {.describe = "What messages look like on a broker: CloudEvents, or the plain JSON of services that "
                       "were there before."});
}

void add_topics(config::settings& s, program_options& o) {
    s.add("topics.commands", &o.commands_topic, {.describe = "Where chat and customer get their commands."});
    s.add("topics.replies", &o.replies_topic, {.describe = "Where their answers go."});
    s.add("user.group", &o.user_group, {.describe = "Consumer group of the user service, for the answers."});
}

void add_copy(config::settings& s, copy_options& c, const std::string& name, bool is_own) {
    s.add(name + ".group", &c.group, {.describe = "Consumer group of the " + name + " service."});
    s.add(name + ".topic", &c.topic, {.describe = "Where it gets its commands; empty: topics.commands."});
    s.add(name + ".service_name", &c.service_name,
          {.describe = "With wire: plain, what the service calls itself in its answers."});
    s.add(
        name + ".http.address", &c.http.address,
        {.describe = "Address that " + name + "_service listens on, for health and for trying things out."});
    s.add(name + ".http.port", &c.http.port,
          {.describe = "Port of that; 0 takes a free one.", .alias = is_own ? "port" : ""});
    s.add(name + ".instances", &c.instances,
          {.describe = "address:port of each " + name + "_service that the page may make slow or deaf."});
}
} // namespace

void add_services(config::settings& s, program_options& o, role of) {
    add_wire(s, o);
    add_topics(s, o);
    add_copy(s, o.chat, "chat", of == role::chat);
    add_copy(s, o.customer, "customer", of == role::customer);
}

void check_services(const program_options& o, role of, const refuser& refuse) {
    check_topics(o, refuse);
    check_instances("chat.instances", o.chat, refuse);
    check_instances("customer.instances", o.customer, refuse);
    check_kind(o, of, refuse);
    check_wire(o, of, refuse);
}

} // namespace signup
