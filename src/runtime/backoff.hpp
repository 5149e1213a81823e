// The pauses between attempts at a store that is in trouble: 100 ms, doubling up to 5 s.
#pragma once

#include <sagaflow/time.hpp>

#include <algorithm>
#include <utility>

namespace sagaflow::runtime {

class backoff {
  public:
    duration next() { return std::exchange(delay_, std::min(delay_ * 2, duration(5'000))); }
    void reset() { delay_ = duration(100); }

  private:
    duration delay_{100};
};

} // namespace sagaflow::runtime
