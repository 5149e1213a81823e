#pragma once

#include "http/channel.hpp"
#include "http/router.hpp"
#include "http/timer_wheel.hpp"

#include <sagaflow/http.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace sagaflow::http {

namespace asio = boost::asio;
using socket_type =
    asio::basic_stream_socket<asio::generic::stream_protocol, asio::io_context::executor_type>;

class connection;

// What all loops of a server look at. The counters are written by their threads and read by any.
struct shared_state {
    explicit shared_state(server_options o) : options(std::move(o)) {}

    const server_options options;
    router routes;
    std::function<void()> on_connection_closed; // by any loop's thread
    std::atomic<std::size_t> connections{0};
    std::atomic<std::size_t> streams{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> bad_requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> cut_off{0};
};

// One thread's share of the server: its connections, their deadlines, and the channels that have
// something for them. Nothing of it is shared between threads but the mailbox, so it needs no
// locks. All functions that do not say otherwise are for the loop's own thread.
class loop {
  public:
    explicit loop(shared_state& s);
    ~loop();

    void run();                         // on the thread that is to be the loop's, until halt()
    void post(std::function<void()> f); // runs it on the loop's thread; from any thread
    asio::io_context& context() noexcept { return io_; }

    void adopt(socket_type socket);  // a new connection
    void refuse(socket_type socket); // the same, but all it gets is a 503
    void finish();                   // orderly: see server::stop
    void halt();                     // everything is cut off, run() returns

    // For the connections.
    shared_state& shared() noexcept { return shared_; }
    const limits& bounds() const noexcept { return shared_.options.limits; }
    bool is_finishing() const noexcept { return finishing_; }
    void set_timer(timer_entry& e, clock::time_point deadline);
    std::shared_ptr<channel> open_channel(connection* c);
    std::string_view date();
    void remove(connection& c);
    std::array<char, 16 * 1024>& scratch() noexcept { return scratch_; } // valid until the next read
    const channel::piece& heartbeat() const noexcept { return heartbeat_; }
    const channel::piece& last_chunk() const noexcept { return last_chunk_; }

  private:
    void add(const std::shared_ptr<connection>& c);
    void deliver_mail();
    void arm_ticker();

    shared_state& shared_;
    timer_wheel wheel_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    asio::basic_waitable_timer<clock, asio::wait_traits<clock>, asio::io_context::executor_type> ticker_;
    std::optional<clock::time_point> armed_for_;
    std::unordered_set<std::shared_ptr<connection>> connections_;
    std::shared_ptr<mailbox> mailbox_;
    const channel::piece heartbeat_;
    const channel::piece last_chunk_;
    std::time_t date_time_ = 0;
    std::string date_;
    std::array<char, 16 * 1024> scratch_{};
    bool finishing_ = false;
};

} // namespace sagaflow::http
