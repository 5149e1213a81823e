// A watcher that asks: it reads its history on its own thread.
#pragma once

#include "runtime/watch_hub.hpp"

#include <condition_variable>
#include <memory>

namespace sagaflow::runtime {

class pull_feed final : public feed {
  public:
    using feed::feed;

    // Blocks for the next event; null at the end.
    event_ptr take(store& from);
    // Which saga it is, if there is one; so that a watch has begun when it returns.
    void look_up(store& from) { read_history(from); }
    std::optional<failure> end_reason();

  private:
    void changed() override { wake_.notify_one(); }

    std::condition_variable wake_;
};

// The watching, as an event_range holds it.
class range_source final : public event_range::source {
  public:
    range_source(std::shared_ptr<pull_feed> events, std::shared_ptr<watch_hub> hub,
                 std::shared_ptr<store> from)
        : events_(std::move(events)), hub_(std::move(hub)), store_(std::move(from)) {}
    ~range_source() override { hub_->remove(*events_); }

    event_ptr next() override { return events_->take(*store_); }
    std::optional<failure> why_ended() const override { return events_->end_reason(); }

  private:
    std::shared_ptr<pull_feed> events_;
    std::shared_ptr<watch_hub> hub_;
    std::shared_ptr<store> store_;
};

} // namespace sagaflow::runtime
