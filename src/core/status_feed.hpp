// Status events on a topic, if the engine is asked for them: read from the store page by page, published, and
// the number up to which all were accepted is part of a later batch. At least once; of one saga in their
// order: after a failure what follows it is published again, too.
#pragma once

#include "core/effects.hpp"
#include "core/shard.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sagaflow::core {

class status_feed {
  public:
    static constexpr std::size_t page_size = 256; // events, published together
    // What a stage of it costs the store when nothing else is committed: one small batch in this time.
    static constexpr duration cursor_delay = std::chrono::seconds(1);

    // published: as the store has it.
    status_feed(const shard_options& options, std::string source, std::uint64_t published);

    // After which event to read now; none: there is nothing new, or a page is under way.
    std::optional<std::uint64_t> begin_reading(std::uint64_t durable_event, time_point now);
    void read(std::vector<event> page, time_point now, std::vector<outgoing>& out);

    static bool owns(std::uint64_t ticket) { return (ticket & ticket_bit) != 0; }
    // One that the transport will never take is left out.
    void report(std::uint64_t ticket, published::verdict verdict, time_point now);

    // Whether a finished saga's events may be purged.
    bool is_past(std::uint64_t event) const { return !options_.status || published_ >= event; }
    // For the batch that is sealed now; 0: it need not know.
    std::uint64_t cursor() const { return published_ > stored_ ? published_ : 0; }
    bool cursor_is_due(time_point now) const { return cursor_due_ && *cursor_due_ <= now; }
    void sealed() { cursor_due_.reset(), stored_ = published_; }

    std::optional<time_point> wake(time_point now) const;
    std::uint64_t unpublished(std::uint64_t durable_event) const {
        return options_.status && durable_event > published_ ? durable_event - published_ : 0;
    }

  private:
    static constexpr std::uint64_t ticket_bit = std::uint64_t{1} << 62;
    struct entry {
        std::uint64_t seq = 0;
        bool reported = false;
    };
    message make(event&& e) const;
    void finish_page(time_point now);
    void advance(std::uint64_t to, time_point now);

    const shard_options& options_;
    const std::string source_;
    std::uint64_t published_; // all up to here were accepted
    std::uint64_t stored_;
    std::optional<time_point> cursor_due_;
    bool reading_ = false;
    std::uint64_t read_up_to_ = 0; // what was durable when the page was asked for
    std::vector<entry> page_;      // that is with the transport
    std::uint64_t page_end_ = 0;
    std::uint64_t first_failed_ = 0; // of the page; 0: none
    std::size_t open_ = 0;           // of the page, not reported
    std::uint64_t pages_ = 0;
    std::optional<time_point> paused_until_;
    duration pause_{};
};

} // namespace sagaflow::core
