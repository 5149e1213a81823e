// Wakes the thread that serves librdkafka's queues: by whoever calls wake(), and by librdkafka, which writes
// to the file descriptor.
#pragma once

#include <chrono>
#include <cstdint>

namespace sagaflow::kafka {

class wakeup {
  public:
    wakeup(); // throws error(io)
    ~wakeup();
    wakeup(const wakeup&) = delete;
    wakeup& operator=(const wakeup&) = delete;

    void wake() noexcept;
    void wait(std::chrono::milliseconds at_most) noexcept;
    int descriptor() const noexcept { return fd_; }

    static constexpr std::uint64_t one = 1; // what is written to the descriptor

  private:
    int fd_;
};

} // namespace sagaflow::kafka
