#include "runtime/metrics.hpp"

#include <string>
#include <utility>

namespace sagaflow::runtime {

namespace {

using labels = std::vector<std::pair<std::string, std::string>>;

class collection {
  public:
    void counter(const char* name, const char* help, double value, labels with = {}) {
        all_.push_back({name, help, metric::type::counter, std::move(with), value});
    }
    void counter(const char* name, const char* help, std::uint64_t value, labels with = {}) {
        counter(name, help, static_cast<double>(value), std::move(with));
    }
    void gauge(const char* name, const char* help, std::size_t value, labels with = {}) {
        all_.push_back({name, help, metric::type::gauge, std::move(with), static_cast<double>(value)});
    }
    // A queue's length and its bound.
    void queue(const char* which, std::size_t length, std::size_t bound) {
        gauge("sagaflow_queue_length", "Entries that wait in a queue of the engine.", length,
              {{"queue", which}});
        gauge("sagaflow_queue_bound", "How many may wait there; beyond it is refused or held back.", bound,
              {{"queue", which}});
    }
    std::vector<metric> take() { return std::move(all_); }

  private:
    std::vector<metric> all_;
};

void add_sagas(collection& c, const core::shard_figures& f) {
    const auto* finished = "Sagas that have ended, by outcome.";
    c.counter("sagaflow_sagas_started_total", "Sagas started.", f.started);
    c.counter("sagaflow_sagas_finished_total", finished, f.completed, {{"outcome", "completed"}});
    c.counter("sagaflow_sagas_finished_total", finished, f.compensated, {{"outcome", "compensated"}});
    c.counter("sagaflow_sagas_finished_total", finished, f.abandoned, {{"outcome", "abandoned"}});
    c.counter("sagaflow_sagas_suspended_total", "Times that a saga was suspended.", f.suspensions);
    c.counter("sagaflow_sagas_resumed_total", "Times that a suspended saga went on.", f.resumptions);
    c.counter("sagaflow_sagas_purged_total", "Finished sagas removed after their retention.", f.purged);
    c.counter("sagaflow_starts_refused_total", "Starts refused because of a bound or the store.",
              f.refused_starts);
    c.counter("sagaflow_events_total", "Events appended.", f.events);
    c.gauge("sagaflow_hot_sagas", "Sagas kept decoded in memory.", f.hot);
    c.counter("sagaflow_sagas_evicted_total", "Sagas put out of memory to make room.", f.evicted);
    c.gauge("sagaflow_recovering", "1 while unfinished sagas are being found again.", f.recovering ? 1 : 0);
}

void add_messages(collection& c, const core::shard_figures& f) {
    c.counter("sagaflow_commands_sent_total", "Commands handed to a transport, repeated ones included.",
              f.commands_sent);
    c.counter("sagaflow_compensations_sent_total", "Compensations among them.", f.compensations_sent);
    c.counter("sagaflow_step_retries_total", "Commands sent again because no answer came in time.",
              f.retries);
    c.counter("sagaflow_commands_resent_total", "Commands sent again by recovery.", f.resent);
    c.counter("sagaflow_publish_failures_total", "Messages that a transport did not take; they go again.",
              f.publish_failures);
    c.counter("sagaflow_replies_total", "Replies taken.", f.replies);
    c.counter("sagaflow_late_replies_total", "Replies that no longer counted.", f.late_replies);
    c.gauge("sagaflow_status_unpublished", "Events that are not on the status topic yet.",
            f.status_unpublished);
    c.counter("sagaflow_unknown_replies_total", "Replies that fit no saga.", f.unknown_replies);
}

void add_queues(collection& c, const engine_figures& f, const engine_limits& limits) {
    c.queue("pending_starts", f.shard.pending_starts, limits.pending_starts);
    c.queue("callers", f.waiting_callers, limits.pending_starts);
    c.queue("unaccepted_publishes", f.shard.unaccepted, limits.unaccepted_publishes);
    c.queue("unsettled_replies", f.unsettled_replies, limits.queued_replies);
    c.queue("watchers", f.watchers, limits.watchers);
    c.gauge("sagaflow_unsent_commands", "Commands that wait in the store for room at a transport.",
            f.shard.unsent);
    c.gauge("sagaflow_loading_sagas", "Sagas that are being read from the store.", f.shard.loading);
    c.gauge("sagaflow_queued_inputs", "Inputs that wait for the shard's thread.", f.queued_inputs);
    c.gauge("sagaflow_queued_reads", "Reads that wait for the store.", f.queued_reads);
    c.gauge("sagaflow_queued_callbacks", "Callbacks that wait for their thread.", f.queued_callbacks);
    c.gauge("sagaflow_queued_alerts", "Alerts among them.", f.waiting_alerts);
    c.counter("sagaflow_alerts_dropped_total", "Alerts that were logged only: the hook was too slow.",
              f.dropped_alerts);
}

} // namespace

std::vector<metric> metrics_of(const engine_figures& f, const engine_limits& limits) {
    collection c;
    c.gauge("sagaflow_ready", "1 while starts are taken and every part is well.", f.ready ? 1 : 0);
    add_sagas(c, f.shard);
    add_messages(c, f.shard);
    c.counter("sagaflow_commits_total", "Batches made durable.", f.commits);
    c.counter("sagaflow_commit_seconds_total", "Time spent in them.", f.commit_seconds);
    add_queues(c, f, limits);
    return c.take();
}

} // namespace sagaflow::runtime
