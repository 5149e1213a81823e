#include <sagaflow/http_saga.hpp>

#include <array>
#include <mutex>
#include <utility>
#include <vector>

namespace sagaflow::http {

// Keeps the newest events encoded, so that the many who watch one saga share the bytes.
class saga_streams::encoder {
  public:
    sse_event encode(const event& e) {
        const std::lock_guard lock(mutex_);
        auto& place = recent_[e.seq % recent_.size()];
        if (!place || place->seq != e.seq || place->birth != e.birth || place->saga_id != e.saga_id) {
            place = made{e.seq, e.birth, e.saga_id, sse_event(e.seq, e.status)};
        }
        return place->text;
    }

  private:
    struct made {
        std::uint64_t seq;
        std::uint64_t birth;
        std::string saga_id;
        sse_event text;
    };
    std::mutex mutex_;
    std::array<std::optional<made>, 64> recent_;
};

// One client. The engine calls it, one call at a time; the stream tells it, at any time, that the client is
// gone. It lives as long as either may.
class saga_streams::follower : public std::enable_shared_from_this<follower> {
  public:
    follower(exchange client, stream_options options, std::shared_ptr<encoder> shared)
        : client_(std::move(client)), options_(std::move(options)), encoder_(std::move(shared)) {}

    void start(engine& e, const std::string& saga_id, std::uint64_t after) {
        auto watch = e.watch(
            saga_id, {.after = after},
            [self = shared_from_this()](std::span<const event_ptr> events) { self->on_events(events); },
            [self = shared_from_this()](const std::optional<failure>& why) { self->on_end(why); });
        const std::lock_guard lock(mutex_);
        if (!over_) std::swap(watch_, watch); // else it ends here, after the lock
    }

  private:
    void on_events(std::span<const event_ptr> events);
    void on_end(const std::optional<failure>& why);
    void open();
    void finish();

    exchange client_; // until it is answered
    stream_options options_;
    std::shared_ptr<encoder> encoder_;
    event_stream stream_;

    std::mutex mutex_;
    watch_handle watch_;
    bool over_ = false;
};

// The stream begins with the first document, or when it is sure that one is still to come: a client that has
// had all of them is told so instead (204), for an empty stream would have it come back for ever.
void saga_streams::follower::on_events(std::span<const event_ptr> events) {
    std::vector<sse_event> documents;
    for (const event_ptr& e : events) {
        if (!e->status.empty()) documents.push_back(encoder_->encode(*e));
    }
    const bool is_live = events.empty();
    if (!client_.answered() && (is_live || !documents.empty())) open();
    if (!documents.empty()) stream_.send(documents);
}

void saga_streams::follower::on_end(const std::optional<failure>& why) {
    if (client_.answered()) {
        if (!why) stream_.end();
        event_stream done = std::move(stream_); // without its end it cuts the client off, which comes back
    } else if (!why) {
        client_.respond({.status = 204});
    } else if (why->code == errc::not_found) {
        client_.refuse({.status = 404, .type = "not-found", .detail = why->message});
    } else {
        client_.refuse({.status = 503,
                        .type = to_string(why->code),
                        .detail = why->message,
                        .headers = {{"Retry-After", "1"}}});
    }
    finish();
}

void saga_streams::follower::open() {
    stream_ = client_.stream(options_);
    stream_.on_closed([self = shared_from_this()] { self->finish(); });
}

// Lets go of the watch, which lets go of this.
void saga_streams::follower::finish() {
    watch_handle watch; // destroyed after the lock
    const std::lock_guard lock(mutex_);
    over_ = true;
    std::swap(watch_, watch);
}

saga_streams::saga_streams(engine& e, stream_options options)
    : engine_(e), options_(std::move(options)), encoder_(std::make_shared<encoder>()) {}

void saga_streams::follow(exchange client, const std::string& saga_id,
                          std::optional<std::uint64_t> last_event_id) {
    std::make_shared<follower>(std::move(client), options_, encoder_)
        ->start(engine_, saga_id, last_event_id.value_or(0));
}

} // namespace sagaflow::http
