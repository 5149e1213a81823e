#include "assembly.hpp"

#include "properties.hpp"

#include <utility>

namespace sagaflow::amqp {

bool assembly::begins(amqp_method_number_t method) {
    return method == AMQP_BASIC_DELIVER_METHOD || method == AMQP_BASIC_RETURN_METHOD ||
           method == AMQP_BASIC_GET_OK_METHOD;
}

std::optional<content> assembly::take(const amqp_frame_t& frame) {
    switch (frame.frame_type) {
        case AMQP_FRAME_METHOD:
            if (next_ != expected::method) throw bad_frame("a message ended before its body did");
            begin(frame.payload.method);
            return std::nullopt;
        case AMQP_FRAME_HEADER:
            if (next_ != expected::header) throw bad_frame("a header came without a message");
            head(frame);
            break;
        case AMQP_FRAME_BODY:
            if (next_ != expected::body) throw bad_frame("a body came without a header");
            add(frame.payload.body_fragment);
            break;
        default:
            throw bad_frame("a frame of type " + std::to_string(frame.frame_type) + " came on a channel");
    }
    if (missing_ > 0) return std::nullopt;
    next_ = expected::method;
    return std::exchange(now_, {});
}

void assembly::begin(const amqp_method_t& method) {
    now_ = {};
    now_.how = method.id;
    const auto came = [&](const auto& m) {
        now_.exchange = text(m.exchange);
        now_.routing_key = text(m.routing_key);
    };
    const auto delivered = [&](const auto& m) {
        came(m);
        now_.delivery_tag = m.delivery_tag;
        now_.redelivered = m.redelivered != 0;
    };
    if (method.id == AMQP_BASIC_DELIVER_METHOD) {
        delivered(*static_cast<const amqp_basic_deliver_t*>(method.decoded));
    } else if (method.id == AMQP_BASIC_GET_OK_METHOD) {
        delivered(*static_cast<const amqp_basic_get_ok_t*>(method.decoded));
    } else if (method.id == AMQP_BASIC_RETURN_METHOD) {
        const auto& m = *static_cast<const amqp_basic_return_t*>(method.decoded);
        came(m);
        now_.why = text(m.reply_text);
    } else {
        throw bad_frame("the method " + std::to_string(method.id) + " begins no message");
    }
    next_ = expected::header;
}

void assembly::head(const amqp_frame_t& frame) {
    const auto& header = frame.payload.properties;
    if (header.class_id != AMQP_BASIC_CLASS) throw bad_frame("a header is not of a message");
    missing_ = header.body_size;
    now_.too_large = missing_ > most_;
    now_.message = read(*static_cast<const amqp_basic_properties_t*>(header.decoded));
    if (!now_.too_large) now_.message.body.reserve(missing_);
    next_ = expected::body;
}

void assembly::add(const amqp_bytes_t& piece) {
    if (piece.len > missing_) throw bad_frame("a body is longer than its header says");
    missing_ -= piece.len;
    if (!now_.too_large) now_.message.body.append(view(piece));
}

} // namespace sagaflow::amqp
