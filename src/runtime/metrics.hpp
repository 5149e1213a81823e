// The engine's figures as metrics, named after Prometheus' conventions.
#pragma once

#include "core/shard.hpp"

#include <sagaflow/engine.hpp>

#include <vector>

namespace sagaflow::runtime {

struct engine_figures {
    core::shard_figures shard;
    std::size_t queued_inputs = 0, queued_reads = 0, queued_callbacks = 0, waiting_callers = 0, watchers = 0;
    std::size_t unsettled_replies = 0, waiting_alerts = 0;
    std::uint64_t dropped_alerts = 0, commits = 0;
    double commit_seconds = 0;
    bool ready = false;
};

std::vector<metric> metrics_of(const engine_figures& f, const engine_limits& limits);

} // namespace sagaflow::runtime
