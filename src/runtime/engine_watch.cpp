// The two ways to watch a saga.
#include "runtime/engine_impl.hpp"
#include "runtime/pull_feed.hpp"
#include "runtime/push_feed.hpp"

#include <utility>

namespace sagaflow {

namespace {

// A range that was refused.
class ended_source final : public event_range::source {
  public:
    explicit ended_source(failure why) : why_(std::move(why)) {}
    event_ptr next() override { return nullptr; }
    std::optional<failure> why_ended() const override { return why_; }

  private:
    failure why_;
};

// What a watch_handle holds.
class pushing {
  public:
    pushing(std::shared_ptr<runtime::push_feed> events, std::shared_ptr<runtime::watch_hub> hub)
        : events_(std::move(events)), hub_(std::move(hub)) {}
    ~pushing() {
        hub_->remove(*events_);
        events_->cancel();
    }
    pushing(const pushing&) = delete;
    pushing& operator=(const pushing&) = delete;

  private:
    std::shared_ptr<runtime::push_feed> events_;
    std::shared_ptr<runtime::watch_hub> hub_;
};

} // namespace

event_range engine::watch(const std::string& id, watch_options options) {
    auto& i = *impl_;
    if (!i.running()) return event_range(std::make_shared<ended_source>(i.why_not_running()));
    auto events = std::make_shared<runtime::pull_feed>(id, options.after, i.options.limits.watcher_backlog);
    if (auto why = i.watchers->add(events))
        return event_range(std::make_shared<ended_source>(std::move(*why)));
    auto source = std::make_shared<runtime::range_source>(events, i.watchers, i.options.store);
    events->look_up(*i.options.store);
    return event_range(std::move(source));
}

watch_handle engine::watch(const std::string& id, watch_options options, event_handler on_events,
                           end_handler on_end) {
    auto& i = *impl_;
    auto refuse = [&](const failure& why) {
        if (on_end) on_end(why);
        return watch_handle();
    };
    if (!i.running()) return refuse(i.why_not_running());
    auto events = std::make_shared<runtime::push_feed>(
        id, options.after, i.options.limits.watcher_backlog,
        runtime::push_feed::parts{i.options.store, i.callbacks, i.reads}, std::move(on_events), on_end);
    if (auto why = i.watchers->add(events)) return refuse(*why);
    auto handle = watch_handle(std::make_shared<pushing>(events, i.watchers));
    events->start();
    return handle;
}

} // namespace sagaflow
