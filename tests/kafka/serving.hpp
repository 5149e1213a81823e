// A part of the transport on the test's own thread, in place of the transport's.
#pragma once

#include "kafka/served.hpp"
#include "shared/wakeup.hpp"

#include <sagaflow/testing/transport_script.hpp>

#include <chrono>

namespace sagaflow::kafka {

// Whether it came to hold.
template <class Condition>
bool serve_until(served& one, transports::wakeup& wake, Condition holds) {
    const auto give_up = std::chrono::steady_clock::now() + testing::patience;
    for (auto next = one.serve(); !holds() && std::chrono::steady_clock::now() < give_up; next = one.serve())
        wake.wait(next);
    return holds();
}

} // namespace sagaflow::kafka
