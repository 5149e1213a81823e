// What a table of settings looks like on paper.
#pragma once

#include "yaml/collection.hpp"
#include "yaml/table.hpp"

#include <sagaflow/yaml.hpp>

#include <iosfwd>
#include <vector>

namespace sagaflow::config {

// `in_force` has one value for each setting of the table.
void print_effective(const table& known, const std::vector<assignment>& in_force, std::ostream& out);

// `defaults` likewise.
void print_reference(const table& known, const std::vector<detail::value>& defaults, const program& about,
                     std::ostream& out);
void print_help(const table& known, const std::vector<detail::value>& defaults, const program& about,
                std::ostream& out);

} // namespace sagaflow::config
