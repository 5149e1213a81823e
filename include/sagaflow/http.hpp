// An HTTP/1.1 server for a service's own interface: routes, problems, server-sent events. No TLS,
// no HTTP/2: put a proxy before it where those are wanted. Everything it holds for a client is
// bounded by `limits`.
#pragma once

#include <sagaflow/http_message.hpp>
#include <sagaflow/http_stream.hpp>
#include <sagaflow/log.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sagaflow::http {

struct limits {
    std::size_t header_bytes = 16 * 1024; // request line and headers; over it: 431
    std::size_t body_bytes = 64 * 1024;   // over it: 413
    std::size_t drain_bytes =
        8 << 20; // read and thrown away after an error, so that the client can read the answer
    std::size_t connections = 16 * 1024; // over it: 503

    // Timeouts are kept to about a tenth of a second.
    std::chrono::milliseconds header_time{
        10'000}; // from the first byte of a request to the end of its headers; 408
    std::chrono::milliseconds body_time{30'000};  // from there to the end of the body; 408
    std::chrono::milliseconds idle_time{60'000};  // between two requests; then the connection is closed
    std::chrono::milliseconds write_time{30'000}; // without a byte taken by the client; then it is cut off
    std::chrono::milliseconds drain_time{5'000};  // for the throwing away
};

struct server_options {
    std::string name = "http";         // in the names of the threads: "http-0", "http-1" …
    std::string address = "127.0.0.1"; // an IPv4 or IPv6 address of this machine, in numbers
    std::uint16_t port = 0;            // 0: a free one
    std::size_t threads = 1;           // each with its own connections
    http::limits limits = {};
    log_sink* log = nullptr;
};

// The right to answer one request, exactly once: now or later, from any thread. Dropped unanswered,
// it answers 500. Its functions must not be called at the same time by two threads.
class exchange {
  public:
    exchange(exchange&&) noexcept = default;
    exchange& operator=(exchange&& other) noexcept;
    ~exchange();

    // Answers. Throws sagaflow::error (wrong_state) when the answer was given before.
    void respond(response r);
    void refuse(const problem& p);

    // Answers 200 with a stream of events, whose head and first line leave at once. Throws as
    // above.
    event_stream stream(const stream_options& options = {});

    bool answered() const noexcept { return channel_ == nullptr; }

  private:
    friend class connection;
    explicit exchange(std::shared_ptr<channel> c) noexcept : channel_(std::move(c)) {}
    std::shared_ptr<channel> take();

    std::shared_ptr<channel> channel_;
};

// Called on the server's thread, which serves many clients: it must not block. What takes longer
// moves the exchange elsewhere and answers from there. A handler that throws without having
// answered answers 500, and is logged.
using handler = std::function<void(request, exchange)>;

// A count of what goes on, as of now.
struct server_stats {
    std::size_t connections = 0;    // open
    std::size_t streams = 0;        // of them, streams of events
    std::uint64_t requests = 0;     // read whole, since the start
    std::uint64_t bad_requests = 0; // refused before a handler saw them (malformed, too large, too late)
    std::uint64_t refused = 0;      // connections over the limit
    std::uint64_t cut_off = 0;      // clients that read too slowly
};

class server {
  public:
    explicit server(server_options options = {});
    ~server(); // stops, without waiting for anybody
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // Adds a route, before start(). `{name}` stands for one whole segment of the path:
    // "/user/{userId}/events". Plain segments win over parameters. HEAD is answered from GET;
    // OPTIONS, 404 and 405 are the server's own. Throws sagaflow::error (invalid_argument) for a
    // pattern that is malformed or taken.
    void route(std::string_view method, std::string_view pattern, handler h);

    // Listens, and serves on threads of its own. Throws sagaflow::error: in_use when something else
    // listens there, io or invalid_argument when the address can't be used.
    void start();

    // Takes no more connections, closes idle ones, ends streams after what is queued for them, lets
    // answers that are on their way go out, and cuts off what is left at the deadline. Returns when
    // all threads have ended. Not from a handler. Calls after the first do nothing. Exchanges and
    // streams that are still held do nothing from then on.
    void stop(std::chrono::milliseconds deadline = std::chrono::seconds(10));

    std::uint16_t port() const noexcept; // the one that is listened on; 0 before start()
    server_stats stats() const noexcept;

  private:
    class impl;
    std::unique_ptr<impl> impl_;
};

} // namespace sagaflow::http
