// The data folder: a file for each service.
#pragma once

#include "programs/options.hpp"

#include <string>

namespace signup {

// Makes the folder. Throws sagaflow::error when it can't be used.
void prepare_folder(const program_options& o);

std::string file_in(const program_options& o, const char* name);

} // namespace signup
