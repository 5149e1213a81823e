#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sagaflow::http {

// Undoes percent-encoding. Nothing if a '%' is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);

} // namespace sagaflow::http
