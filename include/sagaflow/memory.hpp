// In-process parts: a transport, and a store and an inbox that forget everything with their process
// (for tests).
#pragma once

#include <sagaflow/time.hpp>

#include <cstddef>
#include <functional>
#include <memory>

namespace sagaflow {
class transport;
class store;
class inbox;
} // namespace sagaflow

namespace sagaflow::memory {

struct transport_options {
    std::size_t queued_messages = 65'536; // that wait, per group, or per address while nobody takes
                                          // them; more are reported as failed until there is room
};

// Carries messages between the engine and the participants of one process. One thread per
// subscription, "sf-mem-<group>". Messages to an address nobody has subscribed to wait, within the
// bound.
std::shared_ptr<sagaflow::transport> make_transport(transport_options options = {});

std::shared_ptr<sagaflow::store> make_store();

struct inbox_options {
    std::function<time_point()> now = {}; // what rows are dated with; empty: the wall clock
};
std::shared_ptr<sagaflow::inbox> make_inbox(inbox_options options = {});

} // namespace sagaflow::memory
