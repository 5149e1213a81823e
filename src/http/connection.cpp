#include "http/connection.hpp"

#include "http/serve.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <boost/asio/buffer.hpp>

namespace sagaflow::http {
namespace {

using error_code = boost::system::error_code;

bool is_nothing_yet(const error_code& ec) {
    return ec == asio::error::would_block || ec == asio::error::try_again;
}

problem too_late(std::string_view what) {
    return {.status = 408,
            .type = "request-timeout",
            .detail = "The " + std::string(what) + " of the request did not come in time."};
}

} // namespace

connection::connection(loop& l, socket_type socket) : loop_(l), socket_(std::move(socket)) {}

void connection::start() {
    error_code ec;
    socket_.non_blocking(true, ec);
    set_deadline(loop_.bounds().header_time);
    await_readable();
}

void connection::start_refusing() {
    error_code ec;
    socket_.non_blocking(true, ec);
    framing_.keep_alive = false;
    answer(to_response({.status = 503,
                        .type = "too-many-connections",
                        .detail = "The server has as many connections as it takes. Try again later.",
                        .headers = {{"Retry-After", "1"}}}));
}

void connection::set_deadline(std::chrono::milliseconds from_now) {
    loop_.set_timer(*this, clock::now() + from_now);
}

void connection::expired() {
    const auto self = shared_from_this();
    switch (phase_) {
        case phase::reading:
            if (!reader_ || !reader_->has_started()) return close();
            return refuse_request(too_late(reader_->has_headers() ? "body" : "header"));
        case phase::streaming:
            if (waits_writable_) return cut_off();
            output_.add(loop_.heartbeat());
            next_heartbeat_ = clock::now() + heartbeat_;
            return flush();
        case phase::answering:
            loop_.shared().cut_off.fetch_add(1, std::memory_order_relaxed);
            return close();
        case phase::handling:
        case phase::draining:
        case phase::closed:
            return close();
    }
}

void connection::finish() {
    switch (phase_) {
        case phase::reading:
            if (!reader_ || !reader_->has_started()) close();
            return;
        case phase::streaming:
            if (body_ended_) return;
            channel_->take(output_.pieces());
            end_body();
            channel_->close();
            if (!waits_writable_) flush();
            return;
        case phase::draining:
            return start_draining();
        case phase::handling:
        case phase::answering:
        case phase::closed:
            return;
    }
}

void connection::close() {
    if (phase_ == phase::closed) return;
    const auto self = shared_from_this();
    leave_channel();
    phase_ = phase::closed;
    timer_wheel::cancel(*this);
    error_code ec;
    socket_.close(ec);
    loop_.remove(*this);
}

void connection::leave_channel() {
    if (!channel_) return;
    if (phase_ == phase::streaming) loop_.shared().streams.fetch_sub(1, std::memory_order_relaxed);
    const auto left = std::move(channel_);
    left->detach();
    left->close();
}

// What comes in.

void connection::await_readable() {
    if (std::exchange(waits_readable_, true)) return;
    socket_.async_wait(socket_type::wait_read, [self = shared_from_this()](const error_code& ec) {
        self->waits_readable_ = false;
        if (!ec) self->on_readable();
    });
}

void connection::on_readable() {
    if (phase_ == phase::closed) return;
    auto& scratch = loop_.scratch();
    error_code ec;
    const std::size_t n = socket_.read_some(asio::buffer(scratch), ec);
    if (is_nothing_yet(ec)) return await_readable();
    if (ec == asio::error::eof) return on_end_of_input();
    if (ec) return close();
    on_bytes({scratch.data(), n});
}

void connection::on_bytes(std::string_view bytes) {
    if (phase_ == phase::reading) return read_request(bytes);
    // A client that is streamed to, or was sent an error, may go on sending, within bounds.
    ignored_bytes_ += bytes.size();
    if (ignored_bytes_ > loop_.bounds().drain_bytes) return close();
    await_readable();
}

void connection::on_end_of_input() {
    if (phase_ == phase::reading && reader_ && reader_->has_started()) {
        return refuse_request(
            {.status = 400, .type = "malformed-request", .detail = "The request ends in the middle."});
    }
    close();
}

void connection::read_request(std::string_view bytes) {
    if (!reader_) reader_ = std::make_unique<request_reader>(loop_.bounds());
    const bool had_started = reader_->has_started();
    const bool had_headers = reader_->has_headers();
    auto progress = reader_->feed(bytes);
    if (progress == request_reader::progress::wants_continue) {
        output_.add(continue_line);
        if (!waits_writable_) flush();
        if (phase_ != phase::reading) return;
        progress = reader_->feed(bytes);
    }
    if (progress == request_reader::progress::failed) return refuse_request(reader_->failure());
    if (progress == request_reader::progress::complete) {
        unread_ = bytes;
        return dispatch();
    }
    if (!had_started && reader_->has_started()) set_deadline(loop_.bounds().header_time);
    if (!had_headers && reader_->has_headers()) set_deadline(loop_.bounds().body_time);
    await_readable();
}

void connection::refuse_request(problem why) {
    loop_.shared().bad_requests.fetch_add(1, std::memory_order_relaxed);
    log(loop_.shared().options.log, log_level::debug, "refused a request", {{"reason", why.detail}});
    framing_ = {.http_1_0 = false, .keep_alive = false, .head_only = false};
    reader_.reset();
    answer(to_response(why));
}

void connection::dispatch() {
    phase_ = phase::handling;
    timer_wheel::cancel(*this);
    loop_.shared().requests.fetch_add(1, std::memory_order_relaxed);
    request r = reader_->take();
    framing_ = {.http_1_0 = reader_->is_http_1_0(),
                .keep_alive = reader_->wants_keep_alive(),
                .head_only = r.method == "HEAD"};
    reader_.reset();
    channel_ = loop_.open_channel(this);
    serve(loop_.shared().routes, loop_.shared().options.log, std::move(r), exchange(channel_));
}

void connection::next_request() {
    phase_ = phase::reading;
    set_deadline(loop_.bounds().idle_time);
    if (unread_.empty()) return await_readable();
    const std::string bytes = std::exchange(unread_, {});
    read_request(bytes);
}

// What goes out.

void connection::on_mail() {
    const auto self = shared_from_this();
    const channel::mail mail = channel_->take(output_.pieces());
    if (phase_ == phase::handling) {
        if (loop_.is_finishing()) framing_.keep_alive = false;
        if (mail.answer) return answer(*mail.answer);
        if (!mail.opening) return;
        start_stream(*mail.opening);
    }
    if (phase_ != phase::streaming) return;
    take_stream_mail(mail);
    if (loop_.is_finishing()) finish(); // it began too late
}

void connection::answer(const response& r) {
    phase_ = phase::answering;
    output_.add(to_wire(r, framing_, loop_.date()));
    if (!waits_writable_) flush();
}

void connection::start_stream(const stream_options& options) {
    framing_.keep_alive = false;
    phase_ = phase::streaming;
    loop_.shared().streams.fetch_add(1, std::memory_order_relaxed);
    if (framing_.http_1_0) output_.unwrap_chunks();
    output_.add(stream_start(options, framing_, loop_.date()));
    heartbeat_ = options.heartbeat;
    next_heartbeat_ = clock::now() + heartbeat_;
    std::string().swap(unread_);
    if (framing_.head_only) {
        body_ended_ = true;
        output_.pieces().clear(); // events that came with the opening
        channel_->close();
    }
    await_readable(); // to notice when the client leaves
}

void connection::take_stream_mail(const channel::mail& mail) {
    if (mail.cut_off) return cut_off();
    if (mail.aborted) {
        write_out();
        return close();
    }
    if (mail.ended && !body_ended_) end_body();
    if (!waits_writable_) flush();
}

void connection::end_body() {
    body_ended_ = true;
    output_.add(loop_.last_chunk());
}

// The client reads too slowly. It gets what the socket takes now, no end of the body, and may come
// back.
void connection::cut_off() {
    loop_.shared().cut_off.fetch_add(1, std::memory_order_relaxed);
    log(loop_.shared().options.log, log_level::info, "cut off a client that reads too slowly");
    write_out();
    close();
}

void connection::flush() {
    const auto self = shared_from_this();
    const outcome written = write_out();
    if (written == outcome::failed) return close();
    if (phase_ == phase::streaming) channel_->set_in_flight(output_.bytes_left());
    if (written == outcome::all) return on_flushed();
    if (phase_ != phase::reading) set_deadline(loop_.bounds().write_time);
    await_writable();
}

connection::outcome connection::write_out() {
    std::array<std::string_view, 64> views; // as many as one call to the system takes
    std::array<asio::const_buffer, views.size()> buffers;
    for (;;) {
        const std::size_t count = output_.gather(views);
        if (count == 0) return outcome::all;
        std::transform(views.begin(), views.begin() + count, buffers.begin(),
                       [](std::string_view v) { return asio::buffer(v); });
        error_code ec;
        const std::span<const asio::const_buffer> batch(buffers.data(), count);
        const std::size_t n = socket_.write_some(batch, ec);
        if (is_nothing_yet(ec)) return outcome::some;
        if (ec) return outcome::failed;
        output_.consume(n);
    }
}

void connection::await_writable() {
    waits_writable_ = true;
    socket_.async_wait(socket_type::wait_write, [self = shared_from_this()](const error_code& ec) {
        self->waits_writable_ = false;
        if (!ec && self->phase_ != phase::closed) self->flush();
    });
}

void connection::on_flushed() {
    switch (phase_) {
        case phase::answering:
            leave_channel();
            if (framing_.keep_alive && !loop_.is_finishing()) return next_request();
            return start_draining();
        case phase::streaming:
            if (body_ended_) {
                leave_channel();
                return start_draining();
            }
            return loop_.set_timer(*this, next_heartbeat_);
        case phase::reading:
        case phase::handling:
        case phase::draining:
        case phase::closed:
            return;
    }
}

// Closing while the client still sends would take the answer away from it: first end our side, then
// wait for its end.
void connection::start_draining() {
    constexpr std::chrono::milliseconds hasty{500};
    const auto patience = loop_.bounds().drain_time;
    phase_ = phase::draining;
    ignored_bytes_ += unread_.size();
    std::string().swap(unread_);
    error_code ec;
    socket_.shutdown(socket_type::shutdown_send, ec);
    set_deadline(loop_.is_finishing() ? std::min(patience, hasty) : patience);
    await_readable();
}

} // namespace sagaflow::http
