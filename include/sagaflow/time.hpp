// The two time types of the library. Wall-clock times are stored and sent in milliseconds.
#pragma once

#include <chrono>

namespace sagaflow {

using duration = std::chrono::milliseconds;

// A wall-clock time (UTC, Unix epoch).
using time_point = std::chrono::sys_time<duration>;

} // namespace sagaflow
