// One consumer of a group: what waits for it and what it has not settled. Guarded by its group's mutex.
#pragma once

#include <sagaflow/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace sagaflow::memory {

using clock = std::chrono::steady_clock;

// A delivery that was handed out.
struct unsettled {
    std::string packed;
    std::uint32_t deliveries = 1;
    std::uint8_t slot = 0;
    bool settled = false;
};

// In a queue, delivery::tag counts the deliveries before; it becomes the tag when it is handed out.
struct retried {
    clock::time_point due;
    delivery what;
};

struct member {
    explicit member(std::size_t prefetch_) : prefetch(prefetch_) {}

    std::size_t queued() const { return queue.size() - head; }
    std::size_t room() const { return prefetch - unsettled_count; }

    const std::size_t prefetch;
    std::vector<delivery> queue; // from head on
    std::size_t head = 0;
    std::vector<retried> retries;
    std::deque<unsettled> handed_out;
    std::uint64_t first_tag = 1; // of handed_out.front()
    std::size_t unsettled_count = 0;
    bool asleep = false;
    bool stopping = false;
    bool gone = false;
    std::condition_variable wake;
};

} // namespace sagaflow::memory
