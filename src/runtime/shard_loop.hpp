// The thread "sf-shard": tells the shard what happened and carries out what it decides.
#pragma once

#include "core/shard.hpp"
#include "runtime/callers.hpp"
#include "runtime/committer.hpp"
#include "runtime/reader.hpp"
#include "runtime/run_clock.hpp"
#include "runtime/settlements.hpp"
#include "runtime/watch_hub.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace sagaflow::runtime {

class shard_loop {
  public:
    // All of it outlives the loop.
    struct parts {
        std::shared_ptr<input_queue> inputs;
        std::vector<std::shared_ptr<transport>> transports;
        committer& commits;
        reader& reads;
        callers& waiting;
        watch_hub& watchers;
        health_board& health;
        log_sink* log = nullptr;
        std::function<void(const alert&)> on_alert;        // must return soon
        std::function<void(const failure&)> on_store_lost; // closes the inputs
    };

    shard_loop(core::shard_options options, ownership owned, parts with);
    ~shard_loop() { join(); }
    shard_loop(const shard_loop&) = delete;
    shard_loop& operator=(const shard_loop&) = delete;

    // Before start().
    void host(std::shared_ptr<const plan> definition);

    // Begins recovery.
    void start();
    // Returns once the inputs are closed.
    void join();

    // After a refuse_starts was pushed: waits until all that is under way is durable. False: not in time.
    bool wait_drained(duration deadline);

    core::shard_figures figures() const;
    std::size_t unsettled() const noexcept { return settlements_.size(); }

  private:
    class teller;

    void run();
    void work();
    void carry_out_all();
    bool carry_out(core::effects&& e);
    bool read(std::vector<core::store_read>&& reads, bool alone);
    void publish(std::size_t transport, core::outgoing&& batch);
    void note_failure(const std::string& reason, time_point now);
    void note(std::span<const event_ptr> events) const;
    void note(std::span<const alert> alerts) const;
    void publish_figures();
    void note_recovery(bool recovering, const core::shard_figures& now);
    void lose(const failure& why);

    parts with_;
    run_clock clock_;
    core::shard shard_;
    settlements settlements_;
    std::optional<time_point> wake_;
    bool refusing_starts_ = false;
    struct { // what a transport does not take is told once a minute
        std::uint64_t untold = 0;
        std::optional<time_point> told;
    } failures_;

    mutable std::mutex mutex_;
    std::condition_variable drained_changed_;
    core::shard_figures figures_; // as of the last round
    bool drained_ = false;
    bool ended_ = false;
    std::thread thread_;
};

} // namespace sagaflow::runtime
