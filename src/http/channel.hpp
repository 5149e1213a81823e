#pragma once

#include <sagaflow/http.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace sagaflow::http {

class connection;

// Where the channels of one loop leave word that they have something for it. One wake-up serves all
// that came since the loop looked last. For any thread.
class mailbox {
  public:
    explicit mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

    void put(std::shared_ptr<channel> c);
    std::vector<std::shared_ptr<channel>> take();
    void close(); // wakes nobody from then on

  private:
    std::mutex mutex_;
    std::function<void()> wake_;
    std::vector<std::shared_ptr<channel>> waiting_;
};

// What joins the answering side of one request (an exchange, then perhaps an event_stream, on any
// thread) to its connection (on the loop's thread). Either may end first.
class channel : public std::enable_shared_from_this<channel> {
  public:
    using piece = std::shared_ptr<const std::string>; // an event, framed as a chunk

    channel(std::shared_ptr<mailbox> m, connection* c) : mailbox_(std::move(m)), connection_(c) {}

    // The answering side; any thread.
    void respond(response r);
    void open(stream_options options);
    bool send(std::span<const sse_event> events);
    void end();
    void abort();
    void on_closed(std::function<void()> f);
    bool closed() const;

    // The loop's thread only.
    struct mail {
        std::unique_ptr<response> answer;
        std::unique_ptr<stream_options> opening;
        bool ended = false;   // all is queued
        bool cut_off = false; // the queue ran over
        bool aborted = false; // the handle was dropped
    };
    mail take(std::vector<piece>& pieces); // moves what is queued to the end of `pieces`
    void set_in_flight(std::size_t bytes); // of what was taken, so much is still to be written
    void close();                          // nothing is taken any more; tells on_closed
    connection* target() const noexcept { return connection_; }
    void detach() noexcept { connection_ = nullptr; }

  private:
    void notify(std::unique_lock<std::mutex>& lock);

    mutable std::mutex mutex_;
    std::shared_ptr<mailbox> mailbox_;
    connection* connection_;
    std::unique_ptr<response> answer_;
    std::unique_ptr<stream_options> opening_;
    std::vector<piece> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t in_flight_ = 0; // at the connection
    std::size_t queue_limit_ = 0;
    std::function<void()> on_closed_;
    bool notified_ = false;
    bool ended_ = false;
    bool cut_off_ = false;
    bool aborted_ = false;
    bool closed_ = false;
};

} // namespace sagaflow::http
