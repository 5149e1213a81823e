#include "shared/backoff.hpp"

#include <gtest/gtest.h>

namespace sagaflow::transports {

using namespace std::chrono_literals;

TEST(backoff, doubles_up_to_its_bound_with_half_of_it_random) {
    backoff b(100ms, 350ms);
    for (const auto full : {100ms, 200ms, 350ms, 350ms}) {
        const auto d = b.next();
        EXPECT_GE(d, full / 2);
        EXPECT_LE(d, full);
    }
    b.reset();
    EXPECT_LE(b.next(), 100ms);
}

} // namespace sagaflow::transports
