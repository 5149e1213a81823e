// Messages put together again from the frames of a channel: method, header, bodies.
#pragma once

#include "rabbitmq.hpp"

#include <sagaflow/wire.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace sagaflow::amqp {

// A message as it came: delivered, returned, or fetched.
struct content {
    amqp_method_number_t how = 0; // AMQP_BASIC_DELIVER_METHOD …
    std::uint64_t delivery_tag = 0;
    bool redelivered = false;
    std::string exchange;
    std::string routing_key;
    std::string why; // of one that was returned
    wire::carried message;
    bool too_large = false; // its body was over the bound, and is not here
};

// Frames that make no sense where they come.
struct bad_frame : std::runtime_error {
    using runtime_error::runtime_error;
};

// One channel's.
class assembly {
  public:
    explicit assembly(std::size_t most_bytes) : most_(most_bytes) {}

    static bool begins(amqp_method_number_t method);

    // Takes a method that begins a message, or a header or body frame; a message when that was its last.
    // Throws bad_frame.
    std::optional<content> take(const amqp_frame_t& frame);

  private:
    void begin(const amqp_method_t& method);
    void head(const amqp_frame_t& frame);
    void add(const amqp_bytes_t& piece);

    std::size_t most_;
    enum class expected { method, header, body } next_ = expected::method;
    content now_;
    std::uint64_t missing_ = 0; // bytes of its body
};

} // namespace sagaflow::amqp
