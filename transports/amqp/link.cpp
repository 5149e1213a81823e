#include "link.hpp"

#include "assembly.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <poll.h>
#include <pthread.h>

namespace sagaflow::amqp {

link::link(const transport_options& options, std::vector<endpoint> hosts, std::string role, user& of,
           transports::health_board& board, std::size_t part)
    : options_(options),
      hosts_(std::move(hosts)),
      role_(std::move(role)),
      user_(of),
      board_(board),
      part_(part),
      backoff_(options.first_reconnect, options.last_reconnect) {}

void link::start() {
    if (thread_.joinable() || stopping_) return;
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), role_.c_str());
        run();
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        ended_.notify_all();
    });
}

void link::stop() {
    stopping_ = true;
    wakeup_->wake();
    if (!thread_.joinable()) return;
    {
        std::unique_lock lock(mutex_);
        ended_.wait_for(lock, options_.close_timeout, [this] { return stopped_; });
    }
    interrupter_.interrupt(); // what still holds it up
    thread_.join();
}

void link::run() {
    while (!stopping_) {
        std::string why;
        try {
            attempt();
        } catch (const connection_lost& e) {
            why = e.what();
        } catch (const std::exception& e) {
            why = "RabbitMQ: " + std::string(e.what());
        }
        blocked_.reset();
        trouble_.clear();
        if (stopping_) break;
        board_.set(part_, {transport_health::condition::down, why});
        user_.down(why);
        pause(backoff_.next());
    }
    user_.down("the transport is closed");
}

void link::attempt() {
    const auto& host = hosts_[next_host_++ % hosts_.size()];
    connection c(options_, host, role_, interrupter_);
    user_.up(c);
    backoff_.reset();
    tell();
    pump(c);
    user_.leave(c);
    c.close();
}

void link::pump(connection& c) {
    while (!stopping_) {
        wakeup_->drain();
        drain(c);
        user_.work(c);
        wait(c);
    }
}

void link::drain(connection& c) {
    constexpr int at_once = 256; // then the user may work
    amqp_frame_t frame;
    for (int i = 0; i < at_once; ++i) {
        if (!c.read(frame)) return;
        take(c, frame);
    }
}

void link::take(connection& c, const amqp_frame_t& frame) {
    const auto channel = frame.channel;
    if (channel != 0) {
        try {
            user_.take(c, frame);
        } catch (const bad_frame& e) {
            throw connection_lost("RabbitMQ at " + c.broker() + ": " + e.what());
        }
    } else if (frame.frame_type == AMQP_FRAME_METHOD) {
        take_own(c, frame.payload.method);
    }
    c.forget(channel);
}

void link::take_own(connection& c, const amqp_method_t& method) {
    if (method.id == AMQP_CONNECTION_CLOSE_METHOD) c.closed_by_broker(0, method);
    if (method.id == AMQP_CONNECTION_BLOCKED_METHOD) {
        blocked_ = text(static_cast<const amqp_connection_blocked_t*>(method.decoded)->reason);
        tell();
    } else if (method.id == AMQP_CONNECTION_UNBLOCKED_METHOD) {
        blocked_.reset();
        tell();
    }
}

void link::wait(const connection& c) const {
    using milliseconds = std::chrono::milliseconds;
    // Heartbeats are sent, and missed, by whoever reads.
    auto longest = std::chrono::duration_cast<milliseconds>(options_.heartbeat) / 4;
    const auto next = user_.next();
    if (next != time_point::max()) {
        const auto left = std::chrono::ceil<milliseconds>(next - std::chrono::steady_clock::now());
        longest = std::clamp(left, milliseconds(0), longest);
    }
    if (c.has_input()) longest = milliseconds(0);
    const short wanted = user_.wants_to_write() ? POLLIN | POLLOUT : POLLIN;
    std::array<pollfd, 2> all = {pollfd{c.socket(), wanted, 0}, pollfd{wakeup_->descriptor(), POLLIN, 0}};
    ::poll(all.data(), all.size(), static_cast<int>(longest.count()));
}

// What wakes it in the meantime is done once there is a connection; only the end can't wait.
void link::pause(std::chrono::milliseconds how_long) const {
    const auto until = std::chrono::steady_clock::now() + how_long;
    while (!stopping_) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return;
        wakeup_->wait(left);
    }
}

void link::tell() {
    if (blocked_) {
        board_.set(part_, {transport_health::condition::blocked,
                           "RabbitMQ takes no messages now: " + *blocked_ + ": give it room"});
    } else if (!trouble_.empty()) {
        board_.set(part_, {transport_health::condition::down, trouble_});
    } else {
        board_.set(part_, {});
    }
}

void link::trouble(std::string why) {
    if (why == trouble_) return;
    trouble_ = std::move(why);
    tell();
}

} // namespace sagaflow::amqp
