// The settings of the command line: --http.port=8000, --port 8000.
#pragma once

#include "yaml/collection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sagaflow::config {

enum class action { start, help, check, print, reference };

struct option {
    std::string name; // without the dashes
    std::string value;
};

// The arguments, sorted but not yet applied: the name of the file is needed before, their settings come last.
struct command_line {
    action wanted = action::start;
    std::optional<std::string> file = {};
    std::vector<option> options = {};
    std::vector<mistake> mistakes = {};
};

command_line sort_arguments(const std::vector<std::string>& arguments, const table& known);

void apply_options(const command_line& line, collection& into);

} // namespace sagaflow::config
