// shard: many sagas and the order in which their changes become durable. Deterministic: inputs in, effects
// out; the clock, threads, store and transports are its caller's. Not thread-safe: one caller at a time.
//
// The shard decides                              the runtime does
//   which inputs form a batch, and when              commits it, reads the store
//   what may leave, and that it leaves after          publishes, acknowledges, answers, notifies
//     its commit
//   what is kept in memory, loaded, resent            threads, real time, backoff while the store is in
//   trouble
#pragma once

#include "core/effects.hpp"
#include "core/machine.hpp"

#include <sagaflow/transport.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sagaflow::core {

struct target {
    std::size_t transport = 0; // index
    std::string address;
};

struct shard_options {
    std::string reply_address;
    std::size_t transports = 1;
    std::function<target(const std::string& command_type)> route;
    foreign_rejections rejections = {};
    std::optional<target> status = {}; // where status events go
    engine_limits limits = {};
    duration retention = std::chrono::hours(24 * 7);
    duration command_lifetime = std::chrono::hours(24 * 20);
    std::size_t resend_per_second = 0;
    duration timer_poll = std::chrono::seconds(1); // of cold sagas' timers
    duration purge_poll = std::chrono::seconds(10);
    duration publish_backoff =
        std::chrono::milliseconds(100); // first delay after a failed publish; doubles up to 5 s
};

// Counters since the shard began, and gauges of now.
struct shard_figures {
    std::uint64_t started = 0, completed = 0, compensated = 0, abandoned = 0;
    std::uint64_t suspensions = 0, resumptions = 0, retries = 0, compensations_sent = 0, commands_sent = 0;
    std::uint64_t replies = 0, late_replies = 0, unknown_replies = 0;
    std::uint64_t refused_starts = 0, publish_failures = 0, commits = 0, events = 0, purged = 0, resent = 0,
                  evicted = 0;
    std::uint64_t status_unpublished = 0; // events that are not on the status topic yet
    std::size_t hot = 0, loading = 0, pending_starts = 0, unaccepted = 0, unsent = 0;
    bool recovering = false;
};

class shard {
  public:
    shard(shard_options options, ownership owned);
    ~shard();

    // Inputs. None of them does anything that leaves: call take_effects() after one or many.
    void host(std::shared_ptr<const plan> definition, time_point now);
    void begin_recovery(time_point now); // once, after the first definitions were hosted
    void start(start_request request);
    void operate(verb_request request, time_point now);
    void explain(const std::string& id, token caller, time_point now);
    void reply(message content, token delivery, time_point now);
    void tick(time_point now);
    void loaded(std::uint64_t ticket, std::vector<std::optional<saga_row>> rows, time_point now);
    void events_read(std::uint64_t ticket, std::vector<event> page, time_point now);
    void listed(std::uint64_t ticket, saga_page page, time_point now);
    void publish_reported(std::uint64_t ticket, published::verdict verdict, const std::string& reason,
                          time_point now);
    void committed(std::uint64_t number, time_point now);
    void commit_in_trouble(
        const std::string& reason); // it is being tried again: starts are refused until committed()
    void stop(); // fenced, or a permanent failure: nothing comes out any more; waiting callers are for the
                 // runtime to answer
    void refuse_starts(); // orderly stop: what is under way goes on

    effects take_effects(time_point now);

    // True if nothing is on its way to becoming durable.
    bool idle() const noexcept;
    shard_figures figures() const noexcept;

    struct impl;

  private:
    std::unique_ptr<impl> impl_;
};

} // namespace sagaflow::core
