// Server-sent events: one long answer, to which events are added as they happen.
#pragma once

#include <sagaflow/http_message.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::http {

class channel;

// An event as the bytes that are sent. Making one copies `data` once; copies of it share those
// bytes, so one event that is sent to many streams stands in memory once. Immutable, usable from
// any thread.
class sse_event {
  public:
    // `data` may hold line breaks (LF, CR, CRLF): the client gets them as LF.
    sse_event(std::uint64_t id, std::string_view data);

    // As in the body: "id: 7\ndata: …\n\n".
    std::string_view text() const noexcept;

  private:
    friend class channel;
    std::shared_ptr<const std::string> chunk_; // framed as one chunk of a body
};

struct stream_options {
    std::chrono::milliseconds retry{3000}; // what the client is told to wait before it comes back
    std::chrono::milliseconds heartbeat{
        15000}; // a comment line this often, so that no proxy takes the line for dead
    std::size_t queue_bytes =
        256 * 1024;                  // waiting for a client that reads slowly; over it, the client is cut off
    std::vector<field> headers = {}; // sent besides the stream's own
};

// The server's end of one stream. All functions may be called from any thread, also at once with
// each other, and none blocks: what is sent is written by the server's thread, many streams in one
// turn. Dropping the handle without end() cuts the client off in mid-stream, so that it comes back
// and asks again.
class event_stream {
  public:
    event_stream() noexcept = default;
    ~event_stream();
    event_stream(event_stream&&) noexcept = default;
    event_stream& operator=(event_stream&& other) noexcept;

    // Queues events, in this order. False: the stream takes none any more (the client left or was
    // cut off, end() was called, the server stops), and they were dropped. A client that reads too
    // slowly, so that more than stream_options::queue_bytes would wait for it, is cut off here; it
    // resumes with Last-Event-ID.
    bool send(const sse_event& event);
    bool send(std::span<const sse_event> events);

    // After what is queued, the end of the body. Calls after the first do nothing.
    void end();

    // `f` runs once, on the server's thread (or here and now, if it has already happened), when the
    // client is gone before end() was called: it left, it was cut off, or the server stops. It must
    // not block. Set it once.
    void on_closed(std::function<void()> f);

    // Whether the stream takes no events any more.
    bool closed() const noexcept;

    explicit operator bool() const noexcept { return channel_ != nullptr; }

  private:
    friend class exchange;
    explicit event_stream(std::shared_ptr<channel> c) noexcept : channel_(std::move(c)) {}

    std::shared_ptr<channel> channel_;
};

// The Last-Event-ID a client resumes with: a decimal number. Nothing if there is none, it can't be
// read, or it is beyond `newest`: then the client gets everything.
std::optional<std::uint64_t> last_event_id(const request& r, std::uint64_t newest = UINT64_MAX) noexcept;

} // namespace sagaflow::http
