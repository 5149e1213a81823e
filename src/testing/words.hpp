// Reading a transcript's lines.
#pragma once

#include <sagaflow/time.hpp>

#include <string>
#include <string_view>

namespace sagaflow::testing {

std::string_view trimmed(std::string_view text);

// Cuts the first word off `text`.
std::string_view next_word(std::string_view& text);

// Runs of spaces as one.
std::string squeezed(std::string_view text);

// "200ms", "3s", "5min", "2h", "20d". Throws error(invalid_argument).
duration read_duration(std::string_view text);

} // namespace sagaflow::testing
