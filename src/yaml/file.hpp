// The settings of a file.
#pragma once

#include "yaml/collection.hpp"
#include "yaml/expand.hpp"

#include <string>

namespace sagaflow::config {

// `name` is the file's, for messages and for the folder that relative names in it start from. Returns whether
// all of the text could be read: if not, what seems to be missing may be there.
bool read_settings_file(const std::string& name, const std::string& text, const environment& variables,
                        collection& into);

} // namespace sagaflow::config
