// One consumer of a group: what waits for it and what it has not settled. Guarded by its group's mutex.
#pragma once

#include <sagaflow/transport.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace sagaflow::transports {

using clock = std::chrono::steady_clock;

// What a queued delivery's tag says: how often it was delivered before, and where it came from, which is
// its transport's own number for it (of 48 bits). It becomes the consumer's tag when it is handed out.
struct queue_tag {
    std::uint64_t origin = 0;
    std::uint32_t deliveries = 0;

    static constexpr unsigned bits = 16;
    static constexpr std::uint64_t most = (1u << bits) - 1;
    static queue_tag of(const delivery& d) {
        return {d.tag >> bits, static_cast<std::uint32_t>(d.tag & most)};
    }
    std::uint64_t packed() const { return origin << bits | std::min<std::uint64_t>(deliveries, most); }
};

// A delivery that was handed out.
struct unsettled {
    std::string packed;
    std::uint64_t origin = 0;
    std::uint32_t deliveries = 1;
    std::uint8_t slot = 0;
    bool settled = false;
    bool dropped = false; // its broker gives it to somebody else: not to be repeated here
};

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

} // namespace sagaflow::transports
