#include "bare_client.hpp"

#include "../rabbitmq.hpp"

#include <sagaflow/error.hpp>

#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include <sys/time.h>

namespace sagaflow::amqp {

namespace {

using transports::bare_setup;

constexpr amqp_channel_t channel = 1;
constexpr std::uint16_t prefetch = 2'000;

class bare_connection {
  public:
    explicit bare_connection(const std::string& host) : state_(amqp_new_connection()) {
        const auto colon = host.rfind(':');
        auto* socket = amqp_tcp_socket_new(state_);
        if (!socket ||
            amqp_socket_open(socket, host.substr(0, colon).c_str(), std::stoi(host.substr(colon + 1))))
            throw error(errc::unavailable, "RabbitMQ at " + host + " can't be reached");
        check(amqp_login(state_, "/", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest"));
        amqp_channel_open(state_, channel);
        check();
    }
    ~bare_connection() { amqp_destroy_connection(state_); }
    bare_connection(const bare_connection&) = delete;
    bare_connection& operator=(const bare_connection&) = delete;

    void check() { check(amqp_get_rpc_reply(state_)); }
    amqp_connection_state_t get() const { return state_; }

  private:
    static void check(const amqp_rpc_reply_t& r) {
        if (r.reply_type != AMQP_RESPONSE_NORMAL)
            throw error(errc::unavailable, "RabbitMQ refuses the bare loop");
    }
    amqp_connection_state_t state_;
};

// A topic exchange, and a quorum queue of the same name that takes all of it.
void declare(bare_connection& c, const std::string& name) {
    amqp_table_entry_t type{};
    type.key = amqp_cstring_bytes("x-queue-type");
    type.value.kind = AMQP_FIELD_KIND_UTF8;
    type.value.value.bytes = amqp_cstring_bytes("quorum");
    amqp_exchange_declare(c.get(), channel, bytes(name), amqp_cstring_bytes("topic"), 0, 1, 0, 0,
                          amqp_empty_table);
    c.check();
    amqp_queue_declare(c.get(), channel, bytes(name), 0, 1, 0, 0, {1, &type});
    c.check();
    amqp_queue_bind(c.get(), channel, bytes(name), bytes(name), amqp_cstring_bytes("#"), amqp_empty_table);
    c.check();
}

class publisher_loop {
  public:
    explicit publisher_loop(const std::string& host) : connection_(host) {
        amqp_confirm_select(connection_.get(), channel);
        connection_.check();
    }
    void publish(const std::string& exchange, const std::string& key, std::string_view correlation,
                 const wire::carried& what) {
        drain();
        std::vector<amqp_table_entry_t> headers(what.headers.size());
        for (std::size_t i = 0; i < headers.size(); ++i) {
            headers[i].key = bytes(what.headers[i].first);
            headers[i].value.kind = AMQP_FIELD_KIND_UTF8;
            headers[i].value.value.bytes = bytes(what.headers[i].second);
        }
        amqp_basic_properties_t p{};
        p._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_HEADERS_FLAG |
                   AMQP_BASIC_CORRELATION_ID_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_REPLY_TO_FLAG;
        p.content_type = bytes(what.content_type);
        p.delivery_mode = AMQP_DELIVERY_PERSISTENT;
        p.correlation_id = bytes(correlation);
        p.message_id = bytes(what.message_id);
        p.reply_to = bytes(what.reply_to);
        p.headers = {static_cast<int>(headers.size()), headers.data()};
        if (amqp_basic_publish(connection_.get(), channel, bytes(exchange), bytes(key), 1, 0, &p,
                               bytes(what.body)) != AMQP_STATUS_OK)
            throw error(errc::unavailable, "RabbitMQ takes nothing of the bare loop");
    }
    // The confirms; nobody counts them.
    void drain() {
        timeval now{};
        amqp_frame_t frame;
        while (amqp_simple_wait_frame_noblock(connection_.get(), &frame, &now) == AMQP_STATUS_OK) {
        }
        amqp_maybe_release_buffers(connection_.get());
    }
    bare_connection& connection() { return connection_; }

  private:
    bare_connection connection_;
};

class consumer_loop {
  public:
    consumer_loop(const std::string& host, const std::vector<std::string>& queues) : connection_(host) {
        amqp_basic_qos(connection_.get(), channel, 0, prefetch, 0);
        connection_.check();
        for (const auto& q : queues) {
            declare(connection_, q);
            amqp_basic_consume(connection_.get(), channel, bytes(q), amqp_empty_bytes, 0, 0, 0,
                               amqp_empty_table);
            connection_.check();
        }
    }
    // `each` gets the correlation id of what has come.
    template <class F>
    void take(F each) {
        std::uint64_t last = 0;
        timeval wait{0, 10'000};
        amqp_envelope_t e;
        while (amqp_consume_message(connection_.get(), &e, &wait, 0).reply_type == AMQP_RESPONSE_NORMAL) {
            each(view(e.message.properties.correlation_id));
            last = e.delivery_tag;
            amqp_destroy_envelope(&e);
            wait = {};
        }
        if (last != 0) amqp_basic_ack(connection_.get(), channel, last, 1);
        amqp_maybe_release_buffers(connection_.get());
    }

  private:
    bare_connection connection_;
};

class asking final : public transports::bare_client {
  public:
    explicit asking(const bare_setup& s) : setup_(s), publisher_(s.host), consumer_(s.host, {s.replies}) {
        for (const auto& a : s.addresses) declare(publisher_.connection(), a);
    }
    void ask(std::size_t address, std::uint32_t conversation) override {
        publisher_.publish(setup_.addresses[address], setup_.types[address], std::to_string(conversation),
                           setup_.command);
    }
    void take(std::vector<std::uint32_t>& answered) override {
        consumer_.take([&](std::string_view id) {
            std::uint32_t conversation = 0;
            std::from_chars(id.data(), id.data() + id.size(), conversation);
            answered.push_back(conversation);
        });
    }

  private:
    const bare_setup setup_;
    publisher_loop publisher_;
    consumer_loop consumer_;
};

class answering final : public transports::bare_server {
  public:
    explicit answering(const bare_setup& s) : setup_(s), publisher_(s.host), consumer_(s.host, s.addresses) {
        declare(publisher_.connection(), s.replies);
    }
    void serve() override {
        consumer_.take(
            [&](std::string_view id) { publisher_.publish(setup_.replies, "reply", id, setup_.reply); });
        publisher_.drain();
    }

  private:
    const bare_setup setup_;
    publisher_loop publisher_;
    consumer_loop consumer_;
};

} // namespace

std::unique_ptr<transports::bare_client> make_bare_client(const transports::bare_setup& setup) {
    return std::make_unique<asking>(setup);
}

std::unique_ptr<transports::bare_server> make_bare_server(const transports::bare_setup& setup) {
    return std::make_unique<answering>(setup);
}

} // namespace sagaflow::amqp
