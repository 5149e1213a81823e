// How to follow a saga's events: pulled, as a range, or pushed, to a callback.
#pragma once

#include <sagaflow/error.hpp>
#include <sagaflow/event.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>

namespace sagaflow {

struct watch_options {
    std::uint64_t after = 0; // only events with a higher seq; one beyond the newest is ignored
};

// Events are shared by all watchers of a saga: do not change them.
using event_ptr = std::shared_ptr<const event>;
// Called with the history in batches; then, if the saga is not finished, once with an empty one (what
// follows is live); then with live events.
using event_handler = std::function<void(std::span<const event_ptr>)>;
// Called with no failure after the terminal event; with stopped, overloaded, not_found or
// unavailable otherwise.
using end_handler = std::function<void(const std::optional<failure>&)>;

// Ends the watching when it is destroyed. Movable. Does not keep the engine alive.
class watch_handle {
  public:
    watch_handle() = default;
    explicit watch_handle(std::shared_ptr<void> subscription) : subscription_(std::move(subscription)) {}

  private:
    std::shared_ptr<void> subscription_;
};

// A single-pass range of events. One thread.
class event_range {
  public:
    class source {
      public:
        virtual ~source() = default;
        virtual event_ptr next() = 0; // blocks; null at the end
        virtual std::optional<failure> why_ended() const = 0;
    };
    class iterator {
      public:
        using value_type = event;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        iterator() = default;
        explicit iterator(source* from) : from_(from), now_(from->next()) {}
        const event& operator*() const noexcept { return *now_; }
        const event* operator->() const noexcept { return now_.get(); }
        iterator& operator++() { return now_ = from_->next(), *this; }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const noexcept { return now_ == nullptr; }

      private:
        source* from_ = nullptr;
        event_ptr now_;
    };

    explicit event_range(std::shared_ptr<source> from) : source_(std::move(from)) {}
    iterator begin() { return iterator(source_.get()); }
    std::default_sentinel_t end() const noexcept { return {}; }
    // After the end: why there is no more; none after the terminal event.
    std::optional<failure> ended_by() const { return source_->why_ended(); }

  private:
    std::shared_ptr<source> source_;
};

} // namespace sagaflow
