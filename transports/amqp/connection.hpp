// One connection to a broker: what the client library calls, and its three kinds of error as exceptions.
#pragma once

#include "../shared/endpoint.hpp"
#include "rabbitmq.hpp"
#include "tls.hpp"

#include <sagaflow/amqp.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sagaflow::amqp {

using transports::endpoint;
// Throws error(invalid_argument).
inline endpoint parse_endpoint(const std::string& text, bool tls) {
    return transports::parse_endpoint(text, tls ? 5671 : 5672);
}

// The connection is of no use any more; says why, for people.
struct connection_lost : std::runtime_error {
    using runtime_error::runtime_error;
};

// The broker closed a channel: it does not like what was asked.
struct channel_closed : std::runtime_error {
    channel_closed(std::uint16_t channel_, std::uint16_t code_, const std::string& text)
        : runtime_error(text), channel(channel_), code(code_) {}
    std::uint16_t channel;
    std::uint16_t code; // AMQP_NOT_FOUND, AMQP_PRECONDITION_FAILED …
};

// Lets another thread end whatever the connection's own thread waits for.
class interrupter {
  public:
    void watch(int socket);
    void interrupt() noexcept; // for good, also what is yet to be watched

  private:
    std::mutex mutex_;
    int socket_ = -1;
    bool interrupted_ = false;
};

// One thread.
class connection {
  public:
    // Connects and logs in. Throws connection_lost.
    connection(const transport_options& options, const endpoint& to, const std::string& role,
               interrupter& by);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    const std::string& broker() const { return broker_; }
    int socket() const { return amqp_get_sockfd(handle_.get()); }
    bool has_input() const; // that was received already
    bool writable() const;  // has room for a message or two

    // The next frame, if there is one. What it points to lives until forget().
    bool read(amqp_frame_t& frame);
    void forget(std::uint16_t channel);

    // Asks and waits for the answer, which lives until forget(). Throws channel_closed, connection_lost.
    template <class Answer, class Request>
    const Answer& call(std::uint16_t channel, amqp_method_number_t request, amqp_method_number_t answer,
                       Request what) {
        return *static_cast<const Answer*>(ask(channel, request, answer, &what));
    }
    template <class Method>
    void send(std::uint16_t channel, amqp_method_number_t id, Method what) {
        check(amqp_send_method(handle_.get(), channel, id, &what));
    }
    void publish(std::uint16_t channel, std::string_view exchange, std::string_view routing_key,
                 bool mandatory, const amqp_basic_properties_t& properties, std::string_view body);

    // The body of the queue's first message, which stays the channel's until that is closed; empty: none.
    std::string peek(std::uint16_t channel, const std::string& queue);

    void open_channel(std::uint16_t channel);
    void close_channel(std::uint16_t channel);
    // Takes the broker's close of a channel or of the connection: always throws.
    [[noreturn]] void closed_by_broker(std::uint16_t channel, const amqp_method_t& method);
    // Says good-bye. Does not throw.
    void close() noexcept;

  private:
    struct destroy {
        void operator()(amqp_connection_state_t state) const { amqp_destroy_connection(state); }
    };

    void connect(const endpoint& to);
    void log_in(const std::string& role);
    [[noreturn]] void refused_login(const amqp_method_t& method);
    const void* ask(std::uint16_t channel, amqp_method_number_t request, amqp_method_number_t answer,
                    void* what);
    void check(int status) const;
    [[noreturn]] void broke(int status) const;
    [[noreturn]] void lost(const std::string& why) const;

    const transport_options& options_;
    const std::string broker_;
    interrupter& by_;
    std::optional<tls_socket> tls_;
    std::unique_ptr<amqp_connection_state_t_, destroy> handle_;
};

} // namespace sagaflow::amqp
