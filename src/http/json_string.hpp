// Text as a JSON string, from whoever it may come.
#pragma once

#include <string>
#include <string_view>

namespace sagaflow::http {

// Appends it in quotes; bytes that are not UTF-8 are replaced.
void append_json_string(std::string& out, std::string_view text);

} // namespace sagaflow::http
