// What a participant counts.
#pragma once

#include "core/barrier.hpp"

#include <sagaflow/metric.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

namespace sagaflow {

struct participant_counters {
    std::array<std::atomic<std::uint64_t>, 5> passed{}; // by core::passage
    std::atomic<std::uint64_t> rejected{0};
    std::atomic<std::uint64_t> threw{0};
    std::atomic<std::uint64_t> given_up{0};
    std::atomic<std::uint64_t> dead{0};
    std::atomic<std::uint64_t> skipped{0};
    std::atomic<std::uint64_t> batches{0};
    std::atomic<std::uint64_t> lost{0};
    std::atomic<std::uint64_t> unpublished{0};
    std::atomic<std::uint64_t> purged{0};

    void count(core::passage how, reply_outcome outcome) {
        passed[static_cast<std::size_t>(how)].fetch_add(1, std::memory_order_relaxed);
        if (how == core::passage::handled && outcome == reply_outcome::rejected)
            rejected.fetch_add(1, std::memory_order_relaxed);
    }

    std::vector<metric> read(const std::string& participant) const;
};

} // namespace sagaflow
