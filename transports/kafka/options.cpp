#include "options.hpp"

#include "../shared/endpoint.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>
#include <utility>

namespace sagaflow::kafka {

namespace {

using refused_options = std::vector<refused_option>;

// Properties that are not passed on, and why, or which option stands for them.
struct guarded {
    std::string_view name;
    std::string_view why;
};
constexpr std::string_view ours =
    "the transport sets it itself, so that nothing is lost and each saga's messages keep "
    "their order; leave it out";
constexpr std::array guards = {
    guarded{"enable.auto.commit", ours},
    guarded{"auto.commit.enable", ours},
    guarded{"enable.auto.offset.store", ours},
    guarded{"auto.offset.reset", ours},
    guarded{"enable.idempotence", ours},
    guarded{"acks", ours},
    guarded{"request.required.acks", ours},
    guarded{"group.id", "it is <address>.<group>; choose another name for the group"},
    guarded{"group.instance.id", "it is made from the sole owner of an address; leave it out"},
    guarded{"group.protocol", "the transport speaks the classic one; leave it out"},
    guarded{"transactional.id", "the transport uses no transactions; leave it out"},
};
constexpr std::array options_of = {
    guarded{"bootstrap.servers", "hosts"},
    guarded{"metadata.broker.list", "hosts"},
    guarded{"client.id", "name"},
    guarded{"security.protocol", "tls.enabled and sasl.mechanism"},
    guarded{"sasl.mechanism", "sasl.mechanism"},
    guarded{"sasl.mechanisms", "sasl.mechanism"},
    guarded{"sasl.username", "sasl.user"},
    guarded{"sasl.password", "sasl.password"},
    guarded{"ssl.ca.location", "tls.ca_file"},
    guarded{"ssl.certificate.location", "tls.certificate_file"},
    guarded{"ssl.key.location", "tls.key_file"},
    guarded{"ssl.key.password", "tls.key_password"},
    guarded{"enable.ssl.certificate.verification", "tls.ca_file"},
    guarded{"ssl.endpoint.identification.algorithm", "tls.verify_host"},
    guarded{"session.timeout.ms", "session_timeout"},
    guarded{"message.timeout.ms", "publish_timeout"},
    guarded{"delivery.timeout.ms", "publish_timeout"},
    guarded{"queue.buffering.max.messages", "in_flight"},
    guarded{"partitioner", "partition_by"},
    guarded{"message.max.bytes", "message_bytes"},
    guarded{"fetch.message.max.bytes", "message_bytes"},
    guarded{"max.partition.fetch.bytes", "message_bytes"},
};

constexpr int default_port = 9092;
constexpr std::size_t header_bytes = 64 * 1024; // of one message

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

// Whether an error may not repeat the property's value.
bool is_secret(const std::string& name) {
    const auto holds = [&](std::string_view part) { return name.find(part) != std::string::npos; };
    return holds("password") || holds("secret") || holds("pem") || holds("config");
}

class builder {
  public:
    builder(conf_handle& conf, refused_options* refused) : conf_(conf), refused_(refused) {}

    // `option`: what the user calls it.
    void set(const std::string& name, const std::string& value, const std::string& option) {
        std::array<char, 512> why{};
        if (rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), why.data(), why.size()) !=
            RD_KAFKA_CONF_OK)
            refuse(option, is_secret(name) ? "librdkafka does not accept its value" : why.data());
    }
    void set(const std::string& name, std::chrono::milliseconds value, const std::string& option) {
        set(name, std::to_string(value.count()), option);
    }
    // What only newer versions of librdkafka know.
    void set_if_known(const std::string& name, const std::string& value) {
        rd_kafka_conf_set(conf_.get(), name.c_str(), value.c_str(), nullptr, 0);
    }
    void refuse(const std::string& option, std::string what) {
        if (refused_ != nullptr) refused_->push_back({option, std::move(what)});
    }

  private:
    conf_handle& conf_;
    refused_options* refused_;
};

std::string joined(const std::vector<std::string>& hosts) {
    std::string all;
    for (const auto& h : hosts) all += (all.empty() ? "" : ",") + h;
    return all;
}

void set_common(builder& b, const transport_options& o) {
    if (!o.hosts.empty()) b.set("bootstrap.servers", joined(o.hosts), "hosts");
    b.set("client.id", o.name, "name");
    b.set("message.max.bytes", std::to_string(o.message_bytes + header_bytes), "message_bytes");
    b.set("log.queue", "true", "");
    b.set("log.connection.close", "false", "");
    b.set("socket.keepalive.enable", "true", "");
    b.set("socket.nagle.disable", "true", "");
    b.set("socket.timeout.ms", "10000", "");
    b.set("socket.connection.setup.timeout.ms", "10000", "");
    b.set("reconnect.backoff.ms", "50", "");
    b.set("reconnect.backoff.max.ms", "500", "");
    b.set("topic.metadata.refresh.fast.interval.ms", "50", "");
    b.set("allow.auto.create.topics", "false", "");
}

void set_security(builder& b, const transport_options& o) {
    const bool sasl = !o.sasl.mechanism.empty();
    b.set("security.protocol",
          o.tls.enabled ? (sasl ? "SASL_SSL" : "SSL") : (sasl ? "SASL_PLAINTEXT" : "PLAINTEXT"),
          "tls.enabled");
    if (sasl) {
        b.set("sasl.mechanism", o.sasl.mechanism, "sasl.mechanism");
        b.set("sasl.username", o.sasl.user, "sasl.user");
        b.set("sasl.password", o.sasl.password, "sasl.password");
    }
    if (!o.tls.enabled) return;
    if (!o.tls.ca_file.empty()) b.set("ssl.ca.location", o.tls.ca_file, "tls.ca_file");
    if (!o.tls.certificate_file.empty())
        b.set("ssl.certificate.location", o.tls.certificate_file, "tls.certificate_file");
    if (!o.tls.key_file.empty()) b.set("ssl.key.location", o.tls.key_file, "tls.key_file");
    if (!o.tls.key_password.empty()) b.set("ssl.key.password", o.tls.key_password, "tls.key_password");
    b.set("ssl.endpoint.identification.algorithm", o.tls.verify_host ? "https" : "none", "tls.verify_host");
}

void set_producer(builder& b, const transport_options& o, role r) {
    b.set("enable.idempotence", "true", "");
    b.set("acks", "all", "");
    b.set("topic.metadata.refresh.interval.ms", "60000", "");
    if (r == role::bulk_producer) {
        b.set("linger.ms", "5", "");
        b.set("batch.num.messages", "200", "");
    } else {
        b.set("linger.ms", "0", "");
    }
    // A broker serves one request of a connection at a time: a second one waits there already, more gain
    // little, and what is published meanwhile goes in larger ones. librdkafka (2.0.2 to 2.15) polls without a
    // pause while a partition has five messages on their way and more to send, unless the connection has all
    // that it may have: rd_kafka_toppar_producer_serve() takes a limit of five requests for one of messages.
    b.set("max.in.flight.requests.per.connection", "2", "");
    b.set("retry.backoff.ms", "50", "");
    b.set("request.timeout.ms", "10000", "");
    b.set("topic.metadata.propagation.max.ms", "10000", "");
    b.set("message.timeout.ms", o.publish_timeout, "publish_timeout");
    b.set("queue.buffering.max.messages", std::to_string(o.in_flight), "in_flight");
    b.set("queue.buffering.max.kbytes", "131072", "");
}

// range: 2.0.2's cooperative-sticky ends the process or loses an assignment
// (https://github.com/confluentinc/librdkafka/issues/4312, …/4059).
void set_consumer(builder& b, const transport_options& o) {
    b.set("enable.auto.commit", "true", ""); // of the offsets that the transport stored
    b.set("auto.commit.interval.ms", "500", "");
    b.set("enable.auto.offset.store", "false", "");
    b.set("auto.offset.reset", "earliest", "");
    // 2.0.2 that loses its connection while it joins a group goes on with that at the next refresh only.
    b.set("topic.metadata.refresh.interval.ms", "2000", "");
    b.set("partition.assignment.strategy", "range", "");
    b.set("session.timeout.ms", o.session_timeout, "session_timeout");
    b.set("heartbeat.interval.ms", o.session_timeout / 3, "session_timeout");
    b.set("queued.max.messages.kbytes", "16384", "");
    b.set("fetch.message.max.bytes", std::to_string(o.message_bytes + header_bytes), "message_bytes");
    b.set("fetch.wait.max.ms", "100", ""); // a new partition waits for the fetch under way
    b.set("fetch.error.backoff.ms", "100", "");
    b.set_if_known("fetch.queue.backoff.ms", "10"); // since 2.2
}

std::string why_guarded(const std::string& name, const std::string& value) {
    for (const auto& g : guards)
        if (g.name == name) return std::string(g.why);
    for (const auto& o : options_of)
        if (o.name == name) return "there is an option for it: set " + std::string(o.why) + " instead";
    if (name == "partition.assignment.strategy" && lower(value).find("cooperative") != std::string::npos)
        return "the transport gives partitions back whole, which cooperative-sticky does not: use range or "
               "roundrobin";
    return {};
}

void set_properties(builder& b, const transport_options& o) {
    for (const auto& p : o.properties) {
        if (auto why = why_guarded(lower(p.name), p.value); !why.empty()) {
            b.refuse(p.name, std::move(why));
        } else {
            b.set(p.name, p.value, p.name);
        }
    }
}

void check_file(refused_options& refused, const std::string& file, const char* option) {
    if (!file.empty() && !std::ifstream(file)) refused.push_back({option, "can't read the file " + file});
}

void check_options(refused_options& refused, const transport_options& o) {
    const auto require = [&](bool fits, const char* option, const char* what) {
        if (!fits) refused.push_back({option, what});
    };
    require(!o.hosts.empty(), "hosts", "there is none: name at least one");
    for (const auto& h : o.hosts) {
        try {
            transports::parse_endpoint(h, default_port);
        } catch (const error& e) {
            refused.push_back({"hosts", e.what()});
        }
    }
    require(!o.name.empty(), "name", "it is empty: choose a name for this program");
    require(o.partitions >= 1, "partitions", "a topic has at least 1");
    require(o.replication_factor == -1 || (o.replication_factor >= 1 && o.replication_factor <= 32767),
            "replication_factor", "expected -1 (the broker's default) or at least 1");
    require(o.in_flight >= 1, "in_flight", "expected at least 1");
    require(o.waiting >= 1, "waiting", "expected at least 1");
    require(o.session_timeout >= std::chrono::seconds(1), "session_timeout", "expected at least 1 s");
    require(o.publish_timeout >= std::chrono::milliseconds(100), "publish_timeout",
            "expected at least 100 ms");
    const auto& m = o.sasl.mechanism;
    require(m.empty() || m == "PLAIN" || m == "SCRAM-SHA-256" || m == "SCRAM-SHA-512", "sasl.mechanism",
            "expected PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
    require(m.empty() || !o.sasl.user.empty(), "sasl.user", "it is empty, and sasl.mechanism needs one");
    require(!m.empty() || (o.sasl.user.empty() && o.sasl.password.empty()), "sasl.mechanism",
            "it is empty, and there is a user or a password: expected PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
    require(o.tls.enabled || o.tls.ca_file.empty(), "tls.enabled", "it is false, and there is a tls.ca_file");
    require(o.tls.certificate_file.empty() == o.tls.key_file.empty(), "tls.key_file",
            "a client's certificate needs both tls.certificate_file and tls.key_file");
    if (!o.tls.enabled) return;
    check_file(refused, o.tls.ca_file, "tls.ca_file");
    check_file(refused, o.tls.certificate_file, "tls.certificate_file");
    check_file(refused, o.tls.key_file, "tls.key_file");
}

// What librdkafka says of them together: it makes a client, which without servers connects to nothing.
void check_together(refused_options& refused, const transport_options& options, role r) {
    auto o = options;
    o.hosts.clear();
    auto conf = make_conf(o, r);
    if (r == role::consumer) rd_kafka_conf_set(conf.get(), "group.id", "check", nullptr, 0);
    std::array<char, 512> why{};
    auto* made = rd_kafka_new(type_of(r), conf.get(), why.data(), why.size());
    if (made != nullptr) {
        [[maybe_unused]] const auto* owned = conf.release();
        rd_kafka_destroy(made);
        return;
    }
    const std::string said = why.data();
    const auto culprit = std::find_if(o.properties.begin(), o.properties.end(), [&](const property& p) {
        return said.find(p.name) != std::string::npos;
    });
    const auto known = [&](const refused_option& one) { return one.what == said; };
    if (std::none_of(refused.begin(), refused.end(), known))
        refused.push_back({culprit != o.properties.end() ? culprit->name : "properties", said});
}

} // namespace

rd_kafka_type_t type_of(role r) {
    return r == role::consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
}

conf_handle make_conf(const transport_options& options, role r, refused_options* refused) {
    conf_handle conf(rd_kafka_conf_new());
    builder b(conf, refused);
    set_common(b, options);
    set_security(b, options);
    r == role::consumer ? set_consumer(b, options) : set_producer(b, options, r);
    set_properties(b, options);
    return conf;
}

std::vector<refused_option> check(const transport_options& options) {
    refused_options refused;
    check_options(refused, options);
    if (!refused.empty()) return refused;
    make_conf(options, role::prompt_producer, &refused);
    if (refused.empty()) make_conf(options, role::consumer, &refused);
    if (!refused.empty()) return refused;
    check_together(refused, options, role::prompt_producer);
    check_together(refused, options, role::bulk_producer);
    check_together(refused, options, role::consumer);
    return refused;
}

void check_address(const std::string& address) {
    const auto legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    };
    constexpr std::size_t longest = 249;
    if (!address.empty() && address.size() <= longest && address != "." && address != ".." &&
        std::all_of(address.begin(), address.end(), legal))
        return;
    throw error(
        errc::invalid_argument,
        "the address '" + address + "' can't be a topic: use 1 to 249 letters, digits, '.', '_' and '-'");
}

} // namespace sagaflow::kafka
