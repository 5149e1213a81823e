#include "connection.hpp"

#include <sagaflow/error.hpp>

#include <array>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace sagaflow::amqp {

namespace {

constexpr int frame_max = 131'072;

timeval time_of(std::chrono::milliseconds t) {
    return {static_cast<time_t>(t.count() / 1000), static_cast<suseconds_t>(t.count() % 1000 * 1000)};
}

amqp_table_entry_t flag(const char* name) {
    amqp_table_entry_t entry{};
    entry.key = amqp_cstring_bytes(name);
    entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    entry.value.value.boolean = 1;
    return entry;
}

std::string with_code(std::uint16_t code, const amqp_bytes_t& text_of) {
    return std::to_string(code) + " " + text(text_of);
}

} // namespace

void interrupter::watch(int socket) {
    const std::lock_guard lock(mutex_);
    socket_ = socket;
    if (interrupted_ && socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

void interrupter::interrupt() noexcept {
    const std::lock_guard lock(mutex_);
    interrupted_ = true;
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

connection::connection(const transport_options& options, const endpoint& to, const std::string& role,
                       interrupter& by)
    : options_(options), broker_(to.text()), by_(by), handle_(amqp_new_connection()) {
    if (!handle_) throw std::bad_alloc();
    connect(to);
    by_.watch(socket());
    try {
        log_in(role);
    } catch (...) {
        by_.watch(-1);
        throw;
    }
}

connection::~connection() {
    by_.watch(-1);
}

void connection::connect(const endpoint& to) {
    auto timeout = time_of(options_.connect_timeout);
    if (options_.tls.enabled) tls_.emplace(handle_.get(), options_.tls, to.host);
    auto* const s = tls_ ? tls_->handle() : amqp_tcp_socket_new(handle_.get());
    if (s == nullptr) throw std::bad_alloc();
    const int status = amqp_socket_open_noblock(s, to.host.c_str(), to.port, &timeout);
    if (status == AMQP_STATUS_SSL_CONNECTION_FAILED || status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED)
        lost("no TLS: " + tls_->why());
    if (status < 0)
        lost("it can't be reached: " + std::string(amqp_error_string2(status)) +
             ": check hosts, and whether it runs");
    // Ends a send to a broker that is out of memory, takes nothing and still sends heartbeats.
    const auto silent = static_cast<unsigned>(std::chrono::milliseconds(2 * options_.heartbeat).count());
    ::setsockopt(socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, &silent, sizeof silent);
}

void connection::log_in(const std::string& role) {
    auto handshake = time_of(options_.connect_timeout);
    amqp_set_handshake_timeout(handle_.get(), &handshake);
    auto request = time_of(options_.request_timeout);
    amqp_set_rpc_timeout(handle_.get(), &request);

    std::array capabilities = {flag("publisher_confirms"), flag("basic.nack"), flag("consumer_cancel_notify"),
                               flag("connection.blocked")};
    std::array<amqp_table_entry_t, 2> properties{};
    properties[0].key = amqp_cstring_bytes("capabilities");
    properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
    properties[0].value.value.table = {static_cast<int>(capabilities.size()), capabilities.data()};
    const std::string name = options_.name + " " + role;
    properties[1].key = amqp_cstring_bytes("connection_name");
    properties[1].value.kind = AMQP_FIELD_KIND_UTF8;
    properties[1].value.value.bytes = bytes(name);
    const amqp_table_t table = {static_cast<int>(properties.size()), properties.data()};

    const auto reply =
        amqp_login_with_properties(handle_.get(), options_.virtual_host.c_str(), AMQP_DEFAULT_MAX_CHANNELS,
                                   frame_max, static_cast<int>(options_.heartbeat.count()), &table,
                                   AMQP_SASL_METHOD_PLAIN, options_.user.c_str(), options_.password.c_str());
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) refused_login(reply.reply);
    // A broker that does not like the client's certificate says so after the handshake.
    if (reply.library_error == AMQP_STATUS_SSL_ERROR)
        lost("no TLS: " + tls_->why() + ": check tls.certificate_file and tls.key_file");
    lost(std::string("it did not log in: ") + amqp_error_string2(reply.library_error));
}

void connection::refused_login(const amqp_method_t& method) {
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto& why = *static_cast<const amqp_connection_close_t*>(method.decoded);
        const auto said = with_code(why.reply_code, why.reply_text);
        if (why.reply_code == AMQP_ACCESS_REFUSED) lost(said + ": check user and password");
        if (why.reply_code == AMQP_NOT_ALLOWED) lost(said + ": check virtual_host, and who may use it");
    }
    closed_by_broker(0, method);
}

void connection::lost(const std::string& why) const {
    throw connection_lost("RabbitMQ at " + broker_ + ": " + why);
}

void connection::broke(int status) const {
    lost(std::string("the connection broke: ") + amqp_error_string2(status));
}

void connection::check(int status) const {
    if (status < 0) broke(status);
}

bool connection::has_input() const {
    return amqp_frames_enqueued(handle_.get()) != 0 || amqp_data_in_buffer(handle_.get()) != 0;
}

bool connection::writable() const {
    pollfd one{socket(), POLLOUT, 0};
    return ::poll(&one, 1, 0) == 1;
}

bool connection::read(amqp_frame_t& frame) {
    timeval none{0, 0};
    const int status = amqp_simple_wait_frame_noblock(handle_.get(), &frame, &none);
    if (status == AMQP_STATUS_TIMEOUT) return false;
    check(status);
    return true;
}

void connection::forget(std::uint16_t channel) {
    amqp_maybe_release_buffers_on_channel(handle_.get(), channel);
}

const void* connection::ask(std::uint16_t channel, amqp_method_number_t request, amqp_method_number_t answer,
                            void* what) {
    std::array<amqp_method_number_t, 2> answers = {answer, 0};
    const auto reply = amqp_simple_rpc(handle_.get(), channel, request, answers.data(), what);
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) closed_by_broker(channel, reply.reply);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) broke(reply.library_error);
    return reply.reply.decoded;
}

void connection::closed_by_broker(std::uint16_t channel, const amqp_method_t& method) {
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto& why = *static_cast<const amqp_connection_close_t*>(method.decoded);
        amqp_connection_close_ok_t ok{};
        amqp_send_method(handle_.get(), 0, AMQP_CONNECTION_CLOSE_OK_METHOD, &ok);
        lost(with_code(why.reply_code, why.reply_text));
    }
    const auto& why = *static_cast<const amqp_channel_close_t*>(method.decoded);
    const channel_closed closed(channel, why.reply_code, with_code(why.reply_code, why.reply_text));
    send(channel, AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t{});
    forget(channel);
    throw closed;
}

void connection::publish(std::uint16_t channel, std::string_view exchange, std::string_view routing_key,
                         bool mandatory, const amqp_basic_properties_t& properties, std::string_view body) {
    check(amqp_basic_publish(handle_.get(), channel, bytes(exchange), bytes(routing_key), mandatory ? 1 : 0,
                             0, &properties, bytes(body)));
}

std::string connection::peek(std::uint16_t channel, const std::string& queue) {
    auto reply = amqp_basic_get(handle_.get(), channel, bytes(queue), 0);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL && reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD) return {};
    amqp_message_t message{};
    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        reply = amqp_read_message(handle_.get(), channel, &message, 0);
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) closed_by_broker(channel, reply.reply);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) broke(reply.library_error);
    auto body = text(message.body);
    amqp_destroy_message(&message);
    return body;
}

void connection::open_channel(std::uint16_t channel) {
    call<amqp_channel_open_ok_t>(channel, AMQP_CHANNEL_OPEN_METHOD, AMQP_CHANNEL_OPEN_OK_METHOD,
                                 amqp_channel_open_t{bytes("")});
}

void connection::close_channel(std::uint16_t channel) {
    call<amqp_channel_close_ok_t>(channel, AMQP_CHANNEL_CLOSE_METHOD, AMQP_CHANNEL_CLOSE_OK_METHOD,
                                  amqp_channel_close_t{AMQP_REPLY_SUCCESS, bytes("done"), 0, 0});
    forget(channel);
}

void connection::close() noexcept {
    auto deadline = time_of(options_.close_timeout);
    amqp_set_rpc_timeout(handle_.get(), &deadline);
    amqp_connection_close(handle_.get(), AMQP_REPLY_SUCCESS);
}

} // namespace sagaflow::amqp
