// The settings of the transports over a broker.
#include "base/bus.hpp"

#include <chrono>
#include <string>

namespace signup {

namespace {

namespace config = sagaflow::config;
using sagaflow::topology;

void add_topology(config::settings& s, const std::string& at, topology& t) {
    s.add(at + ".topology", &t,
          {{"create", topology::create}, {"verify", topology::verify}, {"none", topology::none}},
          {.describe = "What is done about topics, exchanges and queues: make what is missing, only look, or "
                       "nothing."});
}

void add_tls(config::settings& s, const std::string& at, sagaflow::tls_options& t) {
    s.add(at + ".enabled", &t.enabled, {.describe = "Whether the connection is encrypted."});
    s.add(at + ".ca_file", &t.ca_file,
          {.describe = "Certificates to trust, PEM; empty: those that the system trusts."});
    s.add(at + ".certificate_file", &t.certificate_file,
          {.describe = "The client's certificate, PEM, if the broker asks for one."});
    s.add(at + ".key_file", &t.key_file, {.describe = "Its key, PEM."});
    s.add(at + ".key_password", &t.key_password, {.describe = "Password of the key.", .secret = true});
    s.add(at + ".verify_host", &t.verify_host,
          {.describe = "Whether the broker's certificate must name the host that was asked for."});
}

void add_kafka(config::settings& s, bus_options& o) {
    auto& k = o.kafka;
    s.add("transport.kafka.hosts", &k.hosts,
          {.describe = "Some of the brokers to begin with, each host or host:port."});
    s.add("transport.kafka.name", &k.name, {.describe = "What the broker's tools show."});
    add_topology(s, "transport.kafka", k.topology);
    s.add("transport.kafka.partitions", &k.partitions,
          {.describe = "Of a topic that is made.", .min = 1, .max = 10'000});
    s.add("transport.kafka.replication_factor", &k.replication_factor,
          {.describe = "Of a topic that is made; -1: as the broker has it.", .min = -1, .max = 100});
    using sagaflow::kafka::partition_by;
    s.add("transport.kafka.partition_by", &k.partition_by,
          {{"start", partition_by::start}, {"key", partition_by::key}},
          {.describe =
               "What shares a partition: commands of sagas that began within 16 ms and replies that are sent "
               "within 16 ms, or what is of one saga."});
    add_tls(s, "transport.kafka.tls", k.tls);
    s.add("transport.kafka.sasl.mechanism", &k.sasl.mechanism,
          {.describe = "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: the broker asks for no password."});
    s.add("transport.kafka.sasl.user", &k.sasl.user, {.describe = "User of that."});
    s.add("transport.kafka.sasl.password", &k.sasl.password,
          {.describe = "Password of that.", .secret = true});
    s.add_size("transport.kafka.message_bytes", &k.message_bytes, {.describe = "Longest body of a message."});
    s.add("transport.kafka.session_timeout", &k.session_timeout,
          {.describe = "After how long a consumer that is unheard of loses its messages."});
    s.add("transport.kafka.properties", &o.kafka_properties,
          {.describe = "More settings of librdkafka, by their own names."});
}

void add_amqp(config::settings& s, bus_options& o) {
    auto& a = o.amqp;
    s.add("transport.amqp.hosts", &a.hosts,
          {.describe = "The brokers, each host or host:port; tried in turn."});
    s.add("transport.amqp.virtual_host", &a.virtual_host, {.describe = "Virtual host."});
    s.add("transport.amqp.user", &a.user, {.describe = "User."});
    s.add("transport.amqp.password", &a.password, {.describe = "Password.", .secret = true});
    add_tls(s, "transport.amqp.tls", a.tls);
    s.add("transport.amqp.name", &a.name, {.describe = "What the broker's tools show."});
    add_topology(s, "transport.amqp", a.topology);
    s.add_size("transport.amqp.message_bytes", &a.message_bytes, {.describe = "Longest body of a message."});
    s.add("transport.amqp.delivery_limit", &a.delivery_limit,
          {.describe = "After so many deliveries that were never settled a message is a dead letter.",
           .min = 1});
    s.add("transport.amqp.heartbeat", &a.heartbeat,
          {.describe = "A broker that is silent for twice as long is taken for gone.",
           .min = std::chrono::seconds(1)});
}

} // namespace

void add_bus(config::settings& s, bus_options& o) {
    s.add("transport.kind", &o.kind,
          {{"memory", bus_kind::memory}, {"kafka", bus_kind::kafka}, {"amqp", bus_kind::amqp}},
          {.describe = "What carries the commands of chat and customer, and their answers.",
           .alias = "transport"});
    add_kafka(s, o);
    add_amqp(s, o);
}

} // namespace signup
