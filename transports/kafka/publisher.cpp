#include "publisher.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/log.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace sagaflow::kafka {

namespace {

using verdict = published::verdict;

constexpr const char* closed_reason = "the transport is closed";

// With so many messages on their way there is much to do, and is for so long after.
constexpr std::size_t many = 64;
constexpr std::chrono::milliseconds stays_busy{100};

bool is_set(const transport_options& options, std::string_view property) {
    return std::any_of(options.properties.begin(), options.properties.end(),
                       [&](const auto& p) { return p.name == property; });
}

} // namespace

publisher::publisher(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
                     transports::wakeup& w, std::shared_ptr<trouble> t, reaper& r)
    : options_(options),
      envelope_(std::move(envelope)),
      wakeup_(w),
      partitioner_(options.partition_by),
      may_gather_(!is_set(options, "linger.ms") && !is_set(options, "queue.buffering.max.ms")),
      prompt_(options, role::prompt_producer, batch_bytes_, w, t, r),
      bulk_(options, role::bulk_producer, batch_bytes_, w, t, r) {
    prompt_.use(prompt_.make_client(batch_bytes_));
}

// One by one: the memory that one needs on its way is there again for the next.
void publisher::publish(std::vector<message>&& batch, publish_handler&& done) {
    auto tickets = transports::ticket::of_batch(batch.size(), std::move(done));
    transports::reports told;
    const auto now = steady::now();
    {
        const std::lock_guard lock(mutex_);
        note_load(now);
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto& m = batch[i];
        const auto number = partitioner_.number_of(m, now);
        auto content = envelope_->write(m);
        const std::lock_guard lock(mutex_);
        take({std::move(m.address), std::move(m.saga_id), std::move(content), std::move(tickets[i]), number},
             told);
    }
}

std::size_t publisher::outstanding() const {
    return prompt_.outstanding() + bulk_.outstanding() + backlog_.size();
}

void publisher::note_load(steady::time_point now) {
    if (!may_gather_) return;
    if (outstanding() >= many) {
        busy_until_ = now + stays_busy;
        if (!std::exchange(bulk_is_wanted_, true)) wakeup_.wake();
    }
    busy_ = now < busy_until_;
}

// Two producers keep no order, so a saga's messages stay with the one that has some of them. All messages
// whose keys have the same hash are with one producer at a time; so are those without a key.
producer& publisher::producer_for(const outgoing& one) {
    if (busy_ && bulk_.connection()) return prompt_.has(one.key) ? prompt_ : bulk_;
    return bulk_.has(one.key) ? bulk_ : prompt_;
}

void publisher::take(outgoing&& one, transports::reports& told) {
    if (closed_) {
        told.add(std::move(one.whose), verdict::failed, closed_reason);
    } else if (one.content.body.size() > options_.message_bytes) {
        told.add(std::move(one.whose), verdict::refused,
                 "its body of " + std::to_string(one.content.body.size()) +
                     " bytes is over transport_options::message_bytes");
    } else if (outstanding() >= options_.in_flight) {
        told.add(std::move(one.whose), verdict::failed,
                 "too many messages wait for the broker: raise transport_options::in_flight");
    } else if (!backlog_.empty() || !producer_for(one).take(one, told)) {
        backlog_.push_back(std::move(one));
    }
}

// There is room when something was reported, which comes here.
void publisher::go_on(transports::reports& told) {
    while (!backlog_.empty() && producer_for(backlog_.front()).take(backlog_.front(), told))
        backlog_.pop_front();
}

std::chrono::milliseconds publisher::serve() {
    transports::reports told;
    auto wait = serve(prompt_, told);
    bool bulk = false;
    {
        const std::lock_guard lock(mutex_);
        bulk = bulk_is_wanted_;
    }
    if (bulk) wait = std::min(wait, serve(bulk_, told));
    const std::lock_guard lock(mutex_);
    go_on(told);
    return wait;
}

std::chrono::milliseconds publisher::serve(producer& p, transports::reports& told) {
    const auto now = client_of(p);
    if (!now) {
        const std::lock_guard lock(mutex_);
        return closed_ ? at_the_latest : std::min(p.pause(), at_the_latest);
    }
    bool fatal = false;
    while (auto e = now->poll()) {
        if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_DR) {
            const std::lock_guard lock(mutex_);
            p.take_reports(*now, e.get(), told);
        }
        if (rd_kafka_event_type(e.get()) == RD_KAFKA_EVENT_ERROR)
            fatal = fatal || rd_kafka_event_error_is_fatal(e.get()) != 0;
    }
    std::unique_lock lock(mutex_);
    if (fatal) p.note_fatal();
    const auto lost = p.let_go_if_lost(told);
    lock.unlock();
    if (!lost) return at_the_latest;
    log(options_.log, log_level::warn,
        "the Kafka producer had to be made anew; what it had is published again", {{"reason", *lost}});
    return std::chrono::milliseconds(0);
}

// Its client, which is made if there is none and it is time. Null: not yet, or closed.
std::shared_ptr<client> publisher::client_of(producer& p) {
    std::unique_lock lock(mutex_);
    if (closed_ || p.connection() || p.pause().count() > 0) return p.connection();
    const auto bytes = batch_bytes_;
    lock.unlock();
    std::shared_ptr<client> made;
    std::string why;
    try {
        made = p.make_client(bytes);
    } catch (const error& e) {
        why = e.what();
    }
    lock.lock();
    if (closed_) return nullptr;
    made ? p.use(made) : p.note_failure(why);
    return made;
}

void publisher::close() {
    transports::reports told;
    const std::lock_guard lock(mutex_);
    if (std::exchange(closed_, true)) return;
    prompt_.close(closed_reason, told);
    bulk_.close(closed_reason, told);
    for (auto& one : backlog_) told.add(std::move(one.whose), verdict::failed, closed_reason);
    backlog_.clear();
}

std::shared_ptr<client> publisher::connection() const {
    const std::lock_guard lock(mutex_);
    return prompt_.connection();
}

} // namespace sagaflow::kafka
