#include "http/loop.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/http.hpp>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pthread.h>

namespace sagaflow::http {
namespace {

using asio::ip::tcp;
using tcp_socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using error_code = boost::system::error_code;

[[noreturn]] void fail_to_listen(const server_options& o, const error_code& why) {
    const std::string place = o.address + ":" + std::to_string(o.port);
    if (why == asio::error::address_in_use) {
        throw error(errc::in_use,
                    place + " is in use by another program: stop that one, or choose another port");
    }
    if (why == asio::error::access_denied) {
        throw error(errc::io, "may not listen on " + place +
                                  ": choose a port above 1023, or run with the right to use it");
    }
    if (why == boost::system::errc::address_not_available) {
        throw error(errc::invalid_argument,
                    o.address + " is not an address of this machine: choose one that is, or 127.0.0.1");
    }
    throw error(errc::io, "can't listen on " + place + ": " + why.message());
}

// Signals are the program's business: none is to be taken by a thread of the server.
class signals_blocked {
  public:
    signals_blocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

} // namespace

class server::impl {
  public:
    explicit impl(server_options options) : shared_(std::move(options)) {
        shared_.on_connection_closed = [this] {
            const std::lock_guard lock(mutex_);
            all_closed_.notify_all();
        };
    }

    void route(std::string_view method, std::string_view pattern, handler h);
    void start();
    void stop(std::chrono::milliseconds deadline);
    std::uint16_t port() const noexcept { return port_; }
    server_stats stats() const noexcept;

  private:
    void listen();
    void accept();
    void on_accepted(loop& target, const error_code& ec, tcp_socket socket);
    void pause_accepting(const error_code& why);

    shared_state shared_;
    std::uint16_t port_ = 0;
    std::vector<std::unique_ptr<loop>> loops_;
    std::optional<tcp::acceptor> acceptor_; // on the first loop
    std::optional<asio::steady_timer> pause_;
    std::size_t next_loop_ = 0;
    clock::time_point warned_{}; // of being out of descriptors or memory
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable all_closed_;
};

void server::impl::route(std::string_view method, std::string_view pattern, handler h) {
    if (!loops_.empty()) {
        throw error(errc::wrong_state, "routes must be added before the server is started");
    }
    shared_.routes.add(method, pattern, std::move(h));
}

void server::impl::listen() {
    const server_options& o = shared_.options;
    error_code ec;
    const auto address = asio::ip::make_address(o.address, ec);
    if (ec) {
        throw error(errc::invalid_argument,
                    "\"" + o.address + "\" is not an IP address: write it in numbers, as 127.0.0.1 or ::1");
    }
    const tcp::endpoint place(address, o.port);
    tcp::acceptor& a = acceptor_.emplace(loops_.front()->context());
    a.open(place.protocol(), ec);
    // So that a restart can listen at once, while connections of the one before still linger in the
    // kernel.
    if (!ec) a.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) a.bind(place, ec);
    if (!ec) a.listen(tcp::acceptor::max_listen_connections, ec);
    if (ec) fail_to_listen(o, ec);
    port_ = a.local_endpoint().port();
}

void server::impl::start() {
    if (!loops_.empty()) throw error(errc::wrong_state, "the server was started before");
    const std::size_t count = std::max<std::size_t>(shared_.options.threads, 1);
    for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<loop>(shared_));
    try {
        listen();
    } catch (...) {
        acceptor_.reset();
        loops_.clear();
        throw;
    }
    pause_.emplace(loops_.front()->context());
    accept();
    const signals_blocked blocked;
    for (std::size_t i = 0; i < count; ++i) {
        threads_.emplace_back([this, i] {
            const std::string name = shared_.options.name + "-" + std::to_string(i);
            pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); // the kernel takes 15 characters
            loops_[i]->run();
        });
    }
}

void server::impl::accept() {
    loop& target = *loops_[next_loop_++ % loops_.size()];
    acceptor_->async_accept(target.context(), [this, &target](const error_code& ec, tcp_socket socket) {
        on_accepted(target, ec, std::move(socket));
    });
}

void server::impl::on_accepted(loop& target, const error_code& ec, tcp_socket socket) {
    if (!acceptor_->is_open()) return;
    if (ec && ec != asio::error::connection_aborted) return pause_accepting(ec);
    constexpr std::size_t told_so = 128; // beyond the limit this many are told so, the rest just closed
    const std::size_t open = shared_.connections;
    const std::size_t limit = shared_.options.limits.connections;
    if (open >= limit) shared_.refused.fetch_add(1, std::memory_order_relaxed);
    if (!ec && open < limit + told_so) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto handed_over = std::make_shared<tcp_socket>(std::move(socket));
        target.post([&target, handed_over, is_over = open >= limit] {
            auto s = socket_type(std::move(*handed_over));
            is_over ? target.refuse(std::move(s)) : target.adopt(std::move(s));
        });
    }
    accept();
}

// Out of descriptors or memory: those who knock wait in the kernel's queue until some are free
// again. It may last: a warning a minute is enough.
void server::impl::pause_accepting(const error_code& why) {
    const auto now = clock::now();
    const bool is_news = warned_ == clock::time_point{} || now - warned_ >= std::chrono::minutes(1);
    if (is_news) warned_ = now;
    log(shared_.options.log, is_news ? log_level::warn : log_level::debug,
        "can't accept connections for the moment", {{"error", why.message()}});
    pause_->expires_after(std::chrono::milliseconds(100));
    pause_->async_wait([this](const error_code& stopped) {
        if (!stopped && acceptor_->is_open()) accept();
    });
}

void server::impl::stop(std::chrono::milliseconds deadline) {
    if (threads_.empty()) return;
    const auto until = clock::now() + deadline;
    loops_.front()->post([this] {
        error_code ignored;
        acceptor_->close(ignored);
        pause_->cancel();
    });
    for (const auto& l : loops_) l->post([&l] { l->finish(); });
    {
        std::unique_lock lock(mutex_);
        all_closed_.wait_until(lock, until, [this] { return shared_.connections == 0; });
    }
    for (const auto& l : loops_) l->post([&l] { l->halt(); });
    for (std::thread& t : threads_) t.join();
    threads_.clear();
}

server_stats server::impl::stats() const noexcept {
    return {.connections = shared_.connections,
            .streams = shared_.streams,
            .requests = shared_.requests,
            .bad_requests = shared_.bad_requests,
            .refused = shared_.refused,
            .cut_off = shared_.cut_off};
}

server::server(server_options options) : impl_(std::make_unique<impl>(std::move(options))) {}

server::~server() {
    impl_->stop(std::chrono::milliseconds(0));
}

void server::route(std::string_view method, std::string_view pattern, handler h) {
    impl_->route(method, pattern, std::move(h));
}

void server::start() {
    impl_->start();
}

void server::stop(std::chrono::milliseconds deadline) {
    impl_->stop(deadline);
}

std::uint16_t server::port() const noexcept {
    return impl_->port();
}

server_stats server::stats() const noexcept {
    return impl_->stats();
}

} // namespace sagaflow::http
