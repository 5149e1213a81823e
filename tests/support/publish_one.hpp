// One message, and what became of it, with the reason.
#pragma once

#include <sagaflow/testing/transport_script.hpp>

#include <span>
#include <utility>

namespace sagaflow::testing {

// Waits for the report.
inline published publish_one(transport& by, message m) {
    gate told;
    published out;
    by.publish({std::move(m)}, [&](std::span<const published> report) {
        out = report[0];
        told.open();
    });
    told.wait();
    return out;
}

} // namespace sagaflow::testing
