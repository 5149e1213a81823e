// How long to wait before the next attempt to reach a broker.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace sagaflow::transports {

// Doubles from `first` to `most`; half of each is random, so that those who lost one broker together do not
// come back together ("equal jitter":
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
class backoff {
  public:
    using milliseconds = std::chrono::milliseconds;
    backoff(milliseconds first, milliseconds most) : first_(first), most_(most), next_(first) {}

    milliseconds next() {
        const auto full = next_;
        next_ = std::min(next_ * 2, most_);
        const auto half = full / 2;
        return half +
               milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, half.count())(random_));
    }
    void reset() { next_ = first_; }

  private:
    const milliseconds first_;
    const milliseconds most_;
    milliseconds next_;
    std::minstd_rand random_{std::random_device{}()};
};

} // namespace sagaflow::transports
