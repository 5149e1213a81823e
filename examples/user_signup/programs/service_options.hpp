// The settings of how the services find each other: topics, groups, the wire format, the programs.
#pragma once

#include "programs/options.hpp"

namespace signup {

void add_services(sagaflow::config::settings& s, program_options& o, role of);
void check_services(const program_options& o, role of, const sagaflow::config::settings::refuse& refuse);

} // namespace signup
