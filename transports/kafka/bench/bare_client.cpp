#include "bare_client.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/kafka.hpp>
#include <sagaflow/transport.hpp>

#include <array>
#include <cstring>
#include <initializer_list>
#include <stdexcept>
#include <utility>

#include <librdkafka/rdkafka.h>

namespace sagaflow::kafka {

namespace {

using transports::bare_setup;
using settings = std::initializer_list<std::pair<const char*, const char*>>;

rd_kafka_t* open(rd_kafka_type_t role, const std::string& host, settings all) {
    std::array<char, 512> why{};
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", host.c_str(), nullptr, 0);
    for (const auto& [name, value] : all)
        if (rd_kafka_conf_set(conf, name, value, why.data(), why.size()) != RD_KAFKA_CONF_OK)
            throw error(errc::invalid_argument, why.data());
    auto* k = rd_kafka_new(role, conf, why.data(), why.size());
    if (!k) throw error(errc::invalid_argument, why.data());
    return k;
}

class producer {
  public:
    explicit producer(const std::string& host)
        : kafka_(open(RD_KAFKA_PRODUCER, host,
                      {{"enable.idempotence", "true"},
                       {"linger.ms", "0"},
                       {"partitioner", "murmur2_random"},
                       {"queue.buffering.max.messages", "100000"}})) {}
    ~producer() {
        rd_kafka_flush(kafka_, 5'000);
        rd_kafka_destroy(kafka_);
    }
    producer(const producer&) = delete;
    producer& operator=(const producer&) = delete;

    void send(const std::string& topic, const void* key, std::size_t key_size, const wire::carried& what) {
        auto* headers = rd_kafka_headers_new(what.headers.size());
        for (const auto& [name, value] : what.headers)
            rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                                static_cast<ssize_t>(value.size()));
        const auto failed = rd_kafka_producev(
            kafka_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key, key_size),
            RD_KAFKA_V_VALUE(const_cast<char*>(what.body.data()), what.body.size()),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
        if (failed) throw error(errc::unavailable, rd_kafka_err2str(failed));
    }
    void poll() { rd_kafka_poll(kafka_, 0); }

  private:
    rd_kafka_t* kafka_;
};

class consumer {
  public:
    consumer(const std::string& host, const std::vector<std::string>& topics, const char* group)
        : kafka_(open(RD_KAFKA_CONSUMER, host,
                      {{"group.id", group},
                       {"auto.offset.reset", "earliest"},
                       {"fetch.error.backoff.ms", "100"},
                       {"session.timeout.ms", "6000"}})) {
        rd_kafka_poll_set_consumer(kafka_);
        auto* list = rd_kafka_topic_partition_list_new(static_cast<int>(topics.size()));
        for (const auto& t : topics)
            rd_kafka_topic_partition_list_add(list, t.c_str(), RD_KAFKA_PARTITION_UA);
        rd_kafka_subscribe(kafka_, list);
        rd_kafka_topic_partition_list_destroy(list);
    }
    ~consumer() {
        rd_kafka_consumer_close(kafka_);
        rd_kafka_destroy(kafka_);
    }
    consumer(const consumer&) = delete;
    consumer& operator=(const consumer&) = delete;

    template <class F>
    void take(F each) {
        for (int wait = 10;; wait = 0) {
            auto* m = rd_kafka_consumer_poll(kafka_, wait);
            if (!m) return;
            if (!m->err) each(*m);
            rd_kafka_message_destroy(m);
        }
    }

  private:
    rd_kafka_t* kafka_;
};

class asking final : public transports::bare_client {
  public:
    explicit asking(const bare_setup& s)
        : setup_(s), producer_(s.host), consumer_(s.host, {s.replies}, "bare-asking") {}

    void ask(std::size_t address, std::uint32_t conversation) override {
        producer_.send(setup_.addresses[address], &conversation, sizeof conversation, setup_.command);
    }
    void take(std::vector<std::uint32_t>& answered) override {
        producer_.poll();
        consumer_.take([&](const rd_kafka_message_t& m) {
            std::uint32_t conversation = 0;
            if (m.key_len != sizeof conversation) return;
            std::memcpy(&conversation, m.key, sizeof conversation);
            answered.push_back(conversation);
        });
    }

  private:
    const bare_setup setup_;
    producer producer_;
    consumer consumer_;
};

class answering final : public transports::bare_server {
  public:
    explicit answering(const bare_setup& s)
        : setup_(s), producer_(s.host), consumer_(s.host, s.addresses, "bare-answering") {}

    void serve() override {
        consumer_.take([&](const rd_kafka_message_t& m) {
            producer_.send(setup_.replies, m.key, m.key_len, setup_.reply);
        });
        producer_.poll();
    }

  private:
    const bare_setup setup_;
    producer producer_;
    consumer consumer_;
};

// The topics, as the transport makes them.
void make_topics(const bare_setup& s) {
    const auto bus = make_transport({.hosts = {s.host}});
    auto all = s.addresses;
    all.push_back(s.replies);
    bus->open(all, [](const transport_health&) {});
    bus->close();
}

} // namespace

std::unique_ptr<transports::bare_client> make_bare_client(const transports::bare_setup& setup) {
    make_topics(setup);
    return std::make_unique<asking>(setup);
}

std::unique_ptr<transports::bare_server> make_bare_server(const transports::bare_setup& setup) {
    make_topics(setup);
    return std::make_unique<answering>(setup);
}

} // namespace sagaflow::kafka
