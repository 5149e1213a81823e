#include "http/loop.hpp"

#include "http/chunk.hpp"
#include "http/connection.hpp"
#include "http/wire.hpp"

#include <ctime>
#include <vector>

#include <boost/asio/post.hpp>

namespace sagaflow::http {

loop::loop(shared_state& s)
    : shared_(s),
      work_(io_.get_executor()),
      ticker_(io_),
      mailbox_(std::make_shared<mailbox>([this] { asio::post(io_, [this] { deliver_mail(); }); })),
      heartbeat_(std::make_shared<const std::string>(as_chunk(": still here\n\n"))),
      last_chunk_(std::make_shared<const std::string>(as_chunk(""))) {}

loop::~loop() {
    mailbox_->close();
}

void loop::run() {
    io_.run();
}

void loop::post(std::function<void()> f) {
    asio::post(io_, std::move(f));
}

void loop::add(const std::shared_ptr<connection>& c) {
    connections_.insert(c);
    shared_.connections.fetch_add(1, std::memory_order_relaxed);
}

void loop::adopt(socket_type socket) {
    if (finishing_) return;
    const auto c = std::make_shared<connection>(*this, std::move(socket));
    add(c);
    c->start();
}

void loop::refuse(socket_type socket) {
    if (finishing_) return;
    const auto c = std::make_shared<connection>(*this, std::move(socket));
    add(c);
    c->start_refusing();
}

void loop::remove(connection& c) {
    if (connections_.erase(c.shared_from_this()) == 0) return;
    shared_.connections.fetch_sub(1, std::memory_order_relaxed);
    shared_.on_connection_closed();
}

void loop::finish() {
    finishing_ = true;
    const std::vector<std::shared_ptr<connection>> all(connections_.begin(), connections_.end());
    for (const auto& c : all) c->finish();
}

void loop::halt() {
    finishing_ = true;
    const std::vector<std::shared_ptr<connection>> all(connections_.begin(), connections_.end());
    for (const auto& c : all) c->close();
    mailbox_->close();
    ticker_.cancel();
    work_.reset();
}

std::shared_ptr<channel> loop::open_channel(connection* c) {
    return std::make_shared<channel>(mailbox_, c);
}

void loop::deliver_mail() {
    for (const auto& c : mailbox_->take()) {
        if (connection* const target = c->target()) target->on_mail();
    }
}

void loop::set_timer(timer_entry& e, clock::time_point deadline) {
    wheel_.set(e, deadline);
    if (!armed_for_ || deadline + timer_wheel::tick < *armed_for_) arm_ticker();
}

void loop::arm_ticker() {
    const auto next = wheel_.next();
    if (!next) return;
    armed_for_ = next;
    ticker_.expires_at(*next);
    ticker_.async_wait([this](const boost::system::error_code& stopped) {
        if (stopped) return;
        armed_for_.reset();
        wheel_.advance(clock::now());
        if (!armed_for_) arm_ticker();
    });
}

std::string_view loop::date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_time_) {
        date_time_ = now;
        date_ = http_date(now);
    }
    return date_;
}

} // namespace sagaflow::http
