// engine: hosts definitions, runs their sagas durably, and answers whoever asks about them.
#pragma once

#include <sagaflow/event.hpp>
#include <sagaflow/health.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/metric.hpp>
#include <sagaflow/report.hpp>
#include <sagaflow/result.hpp>
#include <sagaflow/saga.hpp>
#include <sagaflow/watch.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sagaflow {

class store;
class transport;

// How a service that knows nothing of sagaflow says in the body of its reply that it refuses, such as
// {"status":"FAILED","error":{"text":"no such room"}}. The pointers are JSON pointers (RFC 6901).
struct rejection_in_body {
    std::string pointer; // to what tells: "/status"
    std::string equals =
        {}; // what stands there when it refuses: "FAILED"; empty: anything but null and false
    std::string reason =
        {}; // to the reason: "/error/text"; empty, or nothing there: what stands at `pointer`
};

// Where a command type goes. Without a route: to the first transport, at the part of its type
// before the first dot.
struct route {
    std::string address;                                 // empty: by type
    std::shared_ptr<sagaflow::transport> transport = {}; // null: the engine's first
    std::optional<rejection_in_body> rejected = {};      // none: only the message's own outcome counts
};

struct engine_limits {
    std::size_t payload_bytes =
        64 * 1024; // of a start input, a command, a reply, a state: more is refused (too_large)
    std::size_t hot_sagas = 100'000;     // kept decoded in memory; the others only in the store
    std::size_t pending_starts = 10'000; // taken on but not yet durable: more are refused (overloaded)
    std::size_t unaccepted_publishes =
        8'192; // handed to a transport and not yet accepted; the rest waits in the store
    std::size_t queued_replies = 16'384; // deliveries taken from a transport and not yet acknowledged
    std::size_t watchers = 100'000;
    std::size_t watcher_backlog =
        1'024; // events that wait for a pulling watcher; more: it is cut off and resumes
};

struct alert {
    std::string saga_id;
    std::string saga_type;
    std::string reason; // in words
    bool over = false;  // the alert of before is over
};

// A topic that gets each status document (saga::status) as an event of its own: CloudEvents of the type
// "<saga type>.status", whose id is the event's seq, keyed by saga, at least once. It begins with the oldest
// event that is stored; a finished saga is not purged before its events are there.
struct status_topic {
    std::string address;
    std::shared_ptr<sagaflow::transport> transport = {}; // null: the engine's first
};

struct engine_options {
    std::string name; // its reply address is "<name>.replies"
    std::shared_ptr<sagaflow::store> store;
    std::vector<std::shared_ptr<sagaflow::transport>> transports; // at least one
    std::map<std::string, route> routes = {};                     // by command type
    std::string reply_address = {};                               // empty: "<name>.replies"
    std::optional<status_topic> status = {};                      // none: streams and watchers only
    engine_limits limits = {};
    duration retention = std::chrono::hours(24 * 7); // finished sagas are purged after it (R17)
    duration command_lifetime =
        std::chrono::hours(24 * 20);   // an unanswered command is not sent again after it (B8)
    std::size_t resend_per_second = 0; // pace of recovery (R16); 0: as fast as it can
    std::shared_ptr<log_sink> log = nullptr;
    std::function<void(const alert&)> on_alert = nullptr; // on the engine's callback thread
};

struct started {
    std::uint64_t birth = 0; // the seq of the saga's first event
    bool is_new = false;     // false: it was there already, with the same input (R1)
    saga_state state = saga_state::running;
};

struct start_options {
    std::string trace_parent = {}; // W3C; carried on every command of the saga
    std::string trace_state = {};
};

// Who does it and why: kept in the saga's events.
struct operator_note {
    std::string who;
    std::string why;
};

template <class S>
class hosted;

// Threads: every member may be called from any thread; the callbacks run on the engine's callback
// thread and may call the engine, but not wait for it. Threads of its own, from start() to stop():
// "sf-shard" decides, "sf-commit" writes, "sf-read" reads, "sf-callback" calls users.
class engine {
  public:
    // Throws sagaflow::error for options that can't work.
    explicit engine(engine_options options);
    // Stops at once, as a crash would: what is durable goes on with the next engine.
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    // Makes the definition known. Before or after start(). Throws error(definition_changed) that
    // says what differs from the stored definition of this version while it has unfinished sagas,
    // error(invalid_argument) if a stored saga's state can't be decoded by this one (it names the
    // saga and the member).
    template <class S>
    hosted<S> host(const saga<S>& definition) {
        return hosted<S>(*this, host(make_plan(definition)));
    }
    std::shared_ptr<const plan> host(std::shared_ptr<const plan> definition);

    // Claims the store, consumes replies, begins recovery. Returns when starts are taken. Throws
    // when it can't.
    void start();

    // Refuses new starts, lets what is under way become durable, closes. True: drained; false: the
    // deadline came first (nothing is lost either way). Idempotent; final. Throws error(wrong_state) when
    // a callback calls it: it waits for them.
    bool stop(duration deadline = std::chrono::seconds(10));

    // Starts a saga of that name, newest version hosted, from its encoded input. See
    // hosted<S>::start.
    result<started> start_encoded(const std::string& saga_type, std::string id, std::string input,
                                  start_options options = {}, duration deadline = std::chrono::seconds(30));
    void async_start_encoded(const std::string& saga_type, std::string id, std::string input,
                             start_options options, std::function<void(result<started>)> done);

    // Turns a running saga to compensating before its point of no return (R12); after it:
    // past_pivot.
    result<void> cancel(const std::string& id, const operator_note& note);

    // Operator verbs (R13). Each returns when it is durable. wrong_state if it does not fit.
    result<void> suspend(const std::string& id, const operator_note& note);
    result<void> retry(const std::string& id, const operator_note& note);
    // Counts the steps that the saga is suspended for as settled; `step` narrows it to one.
    result<void> skip(const std::string& id, const operator_note& note, const std::string& step = {});
    result<void> undo(const std::string& id, const operator_note& note);
    result<void> abandon(const std::string& id, const operator_note& note);

    // The saga of that id, running or finished and not purged.
    result<saga_report> find(const std::string& id);
    // Sagas in the order of their birth.
    result<saga_listing> list(const list_filter& filter = {}, std::uint64_t after = 0);
    // Why does it hang? In words and as data (R19).
    result<explanation> explain(const std::string& id);

    // The events of a saga: history after `after`, then live ones, each once and in order, until
    // the terminal one. Iterating blocks for the next event. Unknown saga: an empty range whose
    // failure() is not_found.
    event_range watch(const std::string& id, watch_options options = {});
    // The same by callback, on the callback thread; on_end is called once, last (on this thread, before the
    // call returns, if the watching is refused). Destroying the handle ends it: no call begins after that,
    // and one that runs is waited for, unless it is what destroys the handle.
    watch_handle watch(const std::string& id, watch_options options, event_handler on_events,
                       end_handler on_end);

    // Whether starts are taken now and each part's condition.
    health_report health() const;
    // Counters and gauges of this moment.
    std::vector<metric> metrics() const;

    struct impl;

  private:
    std::unique_ptr<impl> impl_;
};

// A hosted definition: where its sagas are started. Cheap to copy; lives at most as long as its
// engine.
template <class S>
class hosted {
  public:
    // Starts the saga `id` from this input and returns once it is durable. The id is the
    // idempotency key: the same id with the same input answers with the saga that there is (R1).
    // Failures: id_conflict, invalid_argument (id empty, over 128 bytes, with control characters),
    // too_large, overloaded, unavailable, outcome_unknown (ask again with the same id).
    result<started> start(std::string id, const S& input, start_options options = {},
                          duration deadline = std::chrono::seconds(30)) {
        return engine_->start_encoded(plan_->name, std::move(id), encode(input), std::move(options),
                                      deadline);
    }

    // The same without a deadline, answered once through `done`: on the engine's callback thread, or, if
    // it is refused at once, on this one before the call returns. If the engine ends first:
    // outcome_unknown.
    void async_start(std::string id, const S& input, std::function<void(result<started>)> done,
                     start_options options = {}) {
        engine_->async_start_encoded(plan_->name, std::move(id), encode(input), std::move(options),
                                     std::move(done));
    }

    const plan& definition() const noexcept { return *plan_; }

  private:
    friend class engine;
    hosted(engine& e, std::shared_ptr<const plan> p) : engine_(&e), plan_(std::move(p)) {}
    static std::string encode(const S& input) {
        std::string out;
        codec<S>::encode(input, out);
        return out;
    }
    engine* engine_;
    std::shared_ptr<const plan> plan_;
};

} // namespace sagaflow
