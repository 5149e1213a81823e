// What making a transport over a broker takes, whichever the broker is.
#pragma once

#include <sagaflow/error.hpp>
#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace sagaflow::transports {

// Throws error(invalid_argument) naming the first option that the transport's check() refuses.
template <class Options>
Options checked(Options options, const char* transport_name) {
    if (const auto refused = check(options); !refused.empty())
        throw error(errc::invalid_argument, std::string("the ") + transport_name + " transport's option '" +
                                                refused.front().name + "': " + refused.front().what);
    return options;
}

// The one of the options, or CloudEvents with this prefix and room for the transport's largest body.
template <class Options>
std::shared_ptr<const wire::envelope> envelope_of(const Options& options, const char* prefix) {
    if (options.envelope) return options.envelope;
    wire::cloudevents_options how;
    how.prefix = prefix;
    how.limits.body_bytes = std::max(how.limits.body_bytes, options.message_bytes);
    return wire::make_cloudevents(how);
}

// Whoever has it last may be one of its own threads, in a handler of the user's: is_own_thread() tells a
// thread that the destructor waits for.
template <class Transport>
std::shared_ptr<transport> shared_with_its_threads(std::unique_ptr<Transport> made) {
    return {made.release(), [](Transport* last) {
                if (last->is_own_thread()) {
                    std::thread([last] { delete last; }).detach();
                } else {
                    delete last;
                }
            }};
}

} // namespace sagaflow::transports
