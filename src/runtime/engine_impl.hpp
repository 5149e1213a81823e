// The engine's parts and their lifetimes. engine.cpp runs them, engine_calls.cpp, engine_watch.cpp and
// engine_reports.cpp are its callers' side.
#pragma once

#include "runtime/routing.hpp"
#include "runtime/shard_loop.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/transport.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sagaflow {

struct engine::impl {
    explicit impl(engine_options given);
    ~impl();

    // engine.cpp
    void host(const std::shared_ptr<const plan>& definition);
    void start();
    bool stop(duration deadline);
    const ownership& owned();
    void open_transports(const std::vector<std::shared_ptr<const plan>>& definitions);
    void consume_replies();
    core::shard_options shard_options() const;
    runtime::shard_loop::parts loop_parts();
    void raise(const alert& a);
    void lost(const failure& why);
    // Every caller and watcher is told, no thread is left.
    void end(const failure& why);
    void close(const failure& why);
    bool running() const;
    failure why_not_running() const;
    const runtime::shard_loop* started_loop() const; // null before start()

    // engine_calls.cpp
    void start_saga(core::start_request request, runtime::start_handler done);
    std::optional<failure> refusal(const core::start_request& request) const;
    template <class Request>
    core::answer_value call(Request request, duration deadline);

    enum class stage : std::uint8_t { made, running, ended };

    const engine_options options;
    const std::string reply_address;
    const runtime::routing route;

    const std::shared_ptr<runtime::input_queue> inputs = std::make_shared<runtime::input_queue>();
    const std::shared_ptr<runtime::health_board> health;
    const std::shared_ptr<runtime::callback_loop> callbacks;
    const std::shared_ptr<runtime::watch_hub> watchers;
    const std::shared_ptr<runtime::reader> reads;
    runtime::callers waiting;
    runtime::committer commits;
    std::unique_ptr<runtime::shard_loop> loop; // once it was started
    std::stop_source consuming;

    std::atomic<std::size_t> waiting_alerts = 0;
    std::atomic<std::uint64_t> dropped_alerts = 0;

    std::mutex lifecycle; // of host, start and stop, and of the three below
    std::optional<ownership> shard_owned;
    std::vector<std::shared_ptr<const plan>> hosted;
    std::optional<bool> drained; // once it was stopped

    mutable std::mutex state; // of the two below
    stage now = stage::made;
    std::optional<failure> ended_by;
};

} // namespace sagaflow
