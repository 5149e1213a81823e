#include "core/shard.hpp"

#include "core/planted.hpp"
#include "core/shard_impl.hpp"

#include <utility>

namespace sagaflow::core {

shard::impl::impl(shard_options o, ownership owner)
    : options(std::move(o)),
      owned(std::move(owner)),
      publisher(options, owned.source),
      statuses(options, owned.source, owned.status_published) {
    machine_settings.command_lifetime = options.command_lifetime;
    machine_settings.payload_bytes = options.limits.payload_bytes;
    machine_settings.rejections = &options.rejections;
    last_event = owned.last_event / (planted(bug::sequence_goes_back) ? 2 : 1);
    durable_event = owned.last_event;
    last_batch = durable_batch = owned.last_batch;
    publisher.durable(durable_batch);
}

shard::shard(shard_options options, ownership owned)
    : impl_(std::make_unique<impl>(std::move(options), std::move(owned))) {}
shard::~shard() = default;

void shard::host(std::shared_ptr<const plan> definition, time_point now) {
    impl_->host(std::move(definition), now);
}

void shard::begin_recovery(time_point now) {
    impl_->begun = true;
    impl_->recovery = {true, false, 0, now};
    impl_->next_timer_poll = now + impl_->options.timer_poll;
    impl_->next_purge_poll = now + impl_->options.purge_poll;
}

void shard::start(start_request request) {
    impl_->start(std::move(request));
}
void shard::operate(verb_request request, time_point now) {
    impl_->operate(std::move(request), now);
}

void shard::explain(const std::string& id, token caller, time_point now) {
    if (auto* saga = impl_->hot.find(id)) return impl_->explain_hot(*saga, caller, now);
    impl_->wait_for_load(id, {pending_input::explain{caller}});
}

void shard::reply(message content, token delivery, time_point now) {
    impl_->reply(std::move(content), delivery, now);
}
void shard::tick(time_point now) {
    impl_->tick(now);
}

void shard::loaded(std::uint64_t ticket, std::vector<std::optional<saga_row>> rows, time_point now) {
    impl_->loaded(ticket, std::move(rows), now);
}
void shard::listed(std::uint64_t ticket, saga_page page, time_point now) {
    impl_->listed(ticket, std::move(page), now);
}

void shard::events_read(std::uint64_t ticket, std::vector<event> page, time_point now) {
    impl_->events_read(ticket, std::move(page), now);
}

void shard::publish_reported(std::uint64_t ticket, published::verdict verdict, const std::string& reason,
                             time_point now) {
    impl_->publish_reported(ticket, verdict, reason, now);
}
void shard::committed(std::uint64_t number, time_point now) {
    impl_->committed(number, now);
}
void shard::commit_in_trouble(const std::string& reason) {
    impl_->trouble = reason.empty() ? "unknown reason" : reason;
}
void shard::stop() {
    impl_->stopped = true;
}
void shard::refuse_starts() {
    impl_->refusing = true;
}

effects shard::take_effects(time_point now) {
    auto e = impl_->take_effects(now);
    for (const auto& to_one : e.publish)
        for (const auto& m : to_one.messages) {
            if (m.kind == message_kind::status) continue;
            ++impl_->figures.commands_sent;
            if (m.kind == message_kind::compensation) ++impl_->figures.compensations_sent;
        }
    e.wake = impl_->wake(now);
    return e;
}

bool shard::idle() const noexcept {
    return impl_->sealed.empty() && impl_->batch_is_empty() && impl_->loading.empty() &&
           impl_->free_to_leave.empty();
}

shard_figures shard::figures() const noexcept {
    auto f = impl_->figures;
    f.hot = impl_->hot.size();
    f.loading = impl_->loading.size();
    f.pending_starts = impl_->pending_starts;
    f.unaccepted = impl_->publisher.unaccepted();
    f.unsent = impl_->publisher.waiting();
    f.recovering = impl_->recovery.active;
    f.status_unpublished = impl_->statuses.unpublished(impl_->durable_event);
    return f;
}

std::optional<time_point> shard::impl::wake(time_point now) const {
    std::optional<time_point> wake;
    const auto consider = [&](std::optional<time_point> t) {
        if (t && (!wake || *t < *wake)) wake = t;
    };
    consider(timers.earliest());
    consider(publisher.wake(now, recovery.active)); // a scan that waits for room goes on then
    consider(statuses.wake(now));
    if (!begun) return wake;
    // A poll that waits for a read or a commit under way is woken by its end.
    if (next_timer_poll > now) consider(next_timer_poll);
    if (next_purge_poll > now) consider(next_purge_poll);
    if (recovery.active && recovery.not_before > now) consider(recovery.not_before);
    return wake;
}

} // namespace sagaflow::core
