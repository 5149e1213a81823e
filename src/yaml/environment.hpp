// The settings of the environment: SAGAFLOW__HTTP__PORT.
#pragma once

#include "yaml/collection.hpp"
#include "yaml/expand.hpp"

#include <string>
#include <string_view>

namespace sagaflow::config {

// "http.port" and the prefix "SAGAFLOW" give SAGAFLOW__HTTP__PORT.
std::string variable_of(std::string_view path, std::string_view prefix);

// Variables that begin with the prefix and `__` are settings, or mistakes.
void read_environment(const environment& variables, const std::string& prefix, collection& into);

} // namespace sagaflow::config
