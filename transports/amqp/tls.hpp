// The TLS socket of a connection.
#pragma once

#include "rabbitmq.hpp"

#include <sagaflow/broker.hpp>

#include <memory>
#include <string>

namespace sagaflow::amqp {

// Lives as long as the connection.
class tls_socket {
  public:
    // Throws error(invalid_argument) for files that can't be used. `host` is whom the certificate must name.
    tls_socket(amqp_connection_state_t of, const tls_options& options, const std::string& host);

    amqp_socket_t* handle() const { return handle_; }
    // After a handshake that failed: what the broker's certificate lacks, or what OpenSSL says.
    std::string why() const;

  private:
    amqp_socket_t* handle_; // the connection's
    std::shared_ptr<std::string> complaint_ = std::make_shared<std::string>();
};

} // namespace sagaflow::amqp
