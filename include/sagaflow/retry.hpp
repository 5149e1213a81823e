// When a command that was not answered is sent again.
#pragma once

#include <sagaflow/time.hpp>

#include <limits>

namespace sagaflow {

inline constexpr int unlimited = std::numeric_limits<int>::max();

// Delays double from first_delay up to max_delay; each is shortened by up to half, by a hash of the
// command's id and attempt, so that sagas do not retry in step. Attempts count the first sending.
struct retry_policy {
    int attempts = 5;
    duration first_delay = std::chrono::milliseconds(200);
    duration max_delay = std::chrono::seconds(8);
};

// The default of compensations and retriables: never give up (R9).
inline constexpr retry_policy retry_for_ever = {.attempts = unlimited,
                                                .first_delay = std::chrono::milliseconds(500),
                                                .max_delay = std::chrono::minutes(1)};

} // namespace sagaflow
