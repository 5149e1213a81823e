#include "http/channel.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/http.hpp>

#include <utility>

namespace sagaflow::http {

exchange::~exchange() {
    if (!channel_) return;
    refuse({.status = 500, .type = "internal-error", .detail = "The server could not answer this request."});
}

exchange& exchange::operator=(exchange&& other) noexcept {
    exchange old(std::move(channel_));
    channel_ = std::move(other.channel_);
    return *this;
}

std::shared_ptr<channel> exchange::take() {
    if (!channel_) {
        throw error(errc::wrong_state, "an HTTP request was answered twice: answer each exchange once");
    }
    return std::move(channel_);
}

void exchange::respond(response r) {
    take()->respond(std::move(r));
}

void exchange::refuse(const problem& p) {
    respond(to_response(p));
}

event_stream exchange::stream(const stream_options& options) {
    auto c = take();
    c->open(options);
    return event_stream(std::move(c));
}

} // namespace sagaflow::http
