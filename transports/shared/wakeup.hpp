// Wakes a thread that polls a file descriptor: by wake(), or by whoever writes to the descriptor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sagaflow::transports {

class wakeup {
  public:
    wakeup(); // throws error(io)
    ~wakeup();
    wakeup(const wakeup&) = delete;
    wakeup& operator=(const wakeup&) = delete;

    // Any thread.
    void wake() noexcept;

    // The thread's own. Each before it looks at what there is to do: what was woken for until then is seen.
    void wait(std::chrono::milliseconds at_most) noexcept;
    void drain() noexcept;

    int descriptor() const noexcept { return descriptor_; }
    static constexpr std::uint64_t one = 1; // what is written to the descriptor

  private:
    const int descriptor_;
    std::atomic<bool> woken_{false}; // by wake(), and not drained since
};

} // namespace sagaflow::transports
