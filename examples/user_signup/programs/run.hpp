// The life of each of the programs: settings, start, a signal, an orderly end.
#pragma once

#include "programs/options.hpp"
#include "programs/program.hpp"

#include <sagaflow/log.hpp>
#include <sagaflow/transport.hpp>

#include <functional>
#include <memory>

namespace signup {

using program_maker = std::function<std::unique_ptr<program>(const program_options&,
                                                             const std::shared_ptr<sagaflow::transport>& bus,
                                                             const std::shared_ptr<sagaflow::log_sink>&)>;

// main(): serves until SIGINT or SIGTERM; returns the exit status.
int run(int argc, char** argv, role of, const program_maker& make);

} // namespace signup
