// Clients of a stream of events in processes of their own, and what they share with the process that serves
// them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bench {

// In memory that all processes see. Times are nanoseconds of the steady clock, which they have in common.
struct board {
    static constexpr std::size_t most_events = 1 << 20;
    static constexpr std::size_t most_waits = 100'000; // of 100 µs

    std::atomic<std::uint32_t> port;      // 0: not yet
    std::atomic<std::uint32_t> streaming; // clients that have had their first event
    std::atomic<std::uint32_t> lost;      // clients whose stream ended
    std::atomic<std::uint64_t> measured_from;
    std::atomic<bool> over;
    std::array<std::atomic<std::uint64_t>, most_events> durable_at; // by seq
    std::array<std::atomic<std::uint32_t>, most_waits> waits;       // how many events took so long

    static std::uint64_t now();
    std::uint64_t measured() const;             // events
    double wait_percentile(double share) const; // ms
};

// Makes the board and forks the processes, before the caller has threads. They end with it.
class sse_clients {
  public:
    sse_clients(std::size_t processes, std::size_t clients);
    ~sse_clients();
    sse_clients(const sse_clients&) = delete;
    sse_clients& operator=(const sse_clients&) = delete;

    board& shared() noexcept { return *board_; }

    // The path that a client asks for, without the slash.
    static std::string saga_of(std::size_t client);

  private:
    board* board_;
    std::vector<pid_t> processes_;
};

} // namespace bench
