// ${NAME} and ${NAME:-default} in the values of a file.
#pragma once

#include <map>
#include <string>

namespace sagaflow::config {

using environment = std::map<std::string, std::string>;

struct expansion {
    std::string text;
    bool changed = false;     // the text came, in part, from the environment
    std::string problem = {}; // not empty: it could not be expanded
};

// Not recursive: what a variable holds is taken as it stands. A variable that is not set, and has no default,
// is a problem; one that is empty takes the default. `$${` gives `${`.
expansion expand(const std::string& text, const environment& variables);

// The inverse for texts that hold a `${` of their own.
std::string unexpand(const std::string& text);

} // namespace sagaflow::config
