// What a seed decides.
#pragma once

#include <cstdint>

namespace sagaflow::testing {

// splitmix64: the same everywhere for ever, so that a seed can be passed on.
class dice {
  public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        auto z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    // 0 … n - 1. Precondition: n > 0.
    std::uint64_t below(std::uint64_t n) { return next() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    bool percent(std::uint64_t n) { return below(100) < n; }

  private:
    std::uint64_t state_;
};

} // namespace sagaflow::testing
