#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>

namespace sagaflow::http {

using clock = std::chrono::steady_clock;

// Something with one deadline that moves often. Leaves its wheel when it is destroyed.
class timer_entry {
  public:
    timer_entry() noexcept = default;
    timer_entry(const timer_entry&) = delete;
    timer_entry& operator=(const timer_entry&) = delete;

    // The deadline has passed. The entry has left the wheel and may be set again.
    virtual void expired() = 0;

  protected:
    ~timer_entry() { unlink(); }

  private:
    friend class timer_wheel;
    void unlink() noexcept;

    timer_entry* before_ = nullptr;
    timer_entry* after_ = nullptr;
    clock::time_point deadline_{};
};

// Many deadlines, coarsely: setting, moving and cancelling one costs a few pointer writes and no
// memory. A deadline is met up to one tick late. For one thread.
class timer_wheel {
  public:
    static constexpr std::chrono::milliseconds tick{50};

    timer_wheel();

    void set(timer_entry& entry, clock::time_point deadline);
    static void cancel(timer_entry& entry) noexcept { entry.unlink(); }

    // Calls expired() of each entry whose deadline has passed.
    void advance(clock::time_point now);

    // When advance() has something to do, at the earliest; nothing while the wheel is empty.
    std::optional<clock::time_point> next() const noexcept;

  private:
    static constexpr std::size_t slot_count = 512;

    struct list_head final : timer_entry {
        list_head() noexcept;
        void expired() override {}
    };
    static void append(timer_entry& head, timer_entry& entry) noexcept;
    static bool is_empty(const timer_entry& head) noexcept { return head.after_ == &head; }
    std::size_t ticks_until(clock::time_point t) const noexcept;
    void collect(timer_entry& slot, clock::time_point now, timer_entry& due) noexcept;

    clock::time_point origin_;
    std::size_t passed_ = 0; // ticks that advance() has dealt with
    std::array<list_head, slot_count> slots_;
};

} // namespace sagaflow::http
