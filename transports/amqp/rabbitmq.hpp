// The client library's headers, wherever its version has them.
#pragma once

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

#include <string>
#include <string_view>

namespace sagaflow::amqp {

// The library takes what it only reads as not const too.
inline amqp_bytes_t bytes(std::string_view s) {
    return {s.size(), const_cast<char*>(s.data())};
}
inline std::string_view view(const amqp_bytes_t& b) {
    return {static_cast<const char*>(b.bytes), b.len};
}
inline std::string text(const amqp_bytes_t& b) {
    return std::string(view(b));
}

} // namespace sagaflow::amqp
