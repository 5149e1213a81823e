// Small files, read whole.
#pragma once

#include <cstddef>
#include <string>

namespace sagaflow::config {

struct file_content {
    std::string text;
    std::string problem = {}; // not empty: it can't be read, and why
};

file_content read_whole_file(const std::string& path, std::size_t largest);

} // namespace sagaflow::config
