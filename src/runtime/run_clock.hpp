// Time within a run: it never goes back and never jumps, whatever is done to the machine's clock (R21).
#pragma once

#include <sagaflow/time.hpp>

#include <algorithm>
#include <chrono>

namespace sagaflow::runtime {

// Reads Wall once, when it is made.
template <class Wall, class Steady>
class clock_of_a_run {
  public:
    clock_of_a_run() : wall_(std::chrono::time_point_cast<duration>(Wall::now())), began_(Steady::now()) {}

    time_point now() const { return wall_ + std::chrono::duration_cast<duration>(Steady::now() - began_); }
    // When `at` will be reached. Far ones are cut to a day, so that nothing overflows.
    typename Steady::time_point when(time_point at) const {
        const auto left = std::min<duration>(at - now(), std::chrono::hours(24));
        return Steady::now() + left;
    }

  private:
    time_point wall_;
    typename Steady::time_point began_;
};

using run_clock = clock_of_a_run<std::chrono::system_clock, std::chrono::steady_clock>;

} // namespace sagaflow::runtime
