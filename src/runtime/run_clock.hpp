// Time within a run: it never goes back and never jumps, whatever is done to the machine's clock (R21).
#pragma once

#include <sagaflow/time.hpp>

#include <algorithm>
#include <chrono>

namespace sagaflow::runtime {

class run_clock {
  public:
    using steady = std::chrono::steady_clock;

    run_clock()
        : wall_(std::chrono::time_point_cast<duration>(std::chrono::system_clock::now())),
          began_(steady::now()) {}

    time_point now() const { return wall_ + std::chrono::duration_cast<duration>(steady::now() - began_); }
    // When `at` will be reached. Far ones are cut to a day, so that nothing overflows.
    steady::time_point when(time_point at) const {
        const auto left = std::min<duration>(at - now(), std::chrono::hours(24));
        return steady::now() + left;
    }

  private:
    time_point wall_;
    steady::time_point began_;
};

} // namespace sagaflow::runtime
