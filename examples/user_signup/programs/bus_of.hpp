// The bus as a program needs it, with the envelope that is configured.
#pragma once

#include "programs/options.hpp"

#include <sagaflow/log.hpp>
#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <memory>

namespace signup {

// Null for CloudEvents, which is what transports use by themselves.
std::shared_ptr<const sagaflow::wire::envelope> envelope_of(const program_options& o, role of);

std::shared_ptr<sagaflow::transport> bus_of(const program_options& o, role of,
                                            const std::shared_ptr<sagaflow::log_sink>& log);

} // namespace signup
