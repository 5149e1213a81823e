// A saga's status, as server-sent events: what GET /user/{userId}/events answers.
#pragma once

#include <sagaflow/engine.hpp>
#include <sagaflow/http.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sagaflow::http {

// Streams the status documents of an engine's sagas to any number of clients. Make one per server; it is
// usable from any thread. The engine must outlive it and its streams, so stop the server first.
class saga_streams {
  public:
    explicit saga_streams(engine& e, stream_options options = {});

    // Answers with the status documents of that saga after the event `last_event_id`, history first, then
    // live: one SSE event per document, its id the seq, until the saga has ended; then the body ends. An id
    // beyond the newest is ignored. 204: all of it was delivered before. 404: there is no such saga. 503: the
    // engine can't tell now. Returns at once. A client that left is forgotten at once; one that reads too
    // slowly, or that the engine could not serve on, is cut off in mid-stream and resumes.
    void follow(exchange client, const std::string& saga_id, std::optional<std::uint64_t> last_event_id);

  private:
    class encoder;
    class follower;

    engine& engine_;
    stream_options options_;
    std::shared_ptr<encoder> encoder_;
};

} // namespace sagaflow::http
