// A time until which something may take, as librdkafka wants it.
#pragma once

#include <algorithm>
#include <chrono>

namespace sagaflow::kafka {

using time_limit = std::chrono::steady_clock::time_point;

// Milliseconds, at least 1: 0 would be for ever for some of librdkafka's functions, or not at all.
inline int left(time_limit deadline) {
    using std::chrono::milliseconds;
    const auto ms = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::max<milliseconds::rep>(ms, 1));
}

} // namespace sagaflow::kafka
