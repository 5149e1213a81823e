// Makes any bytes fit to stand in a line of a log.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sagaflow::log_text {

enum class place { bare, in_quotes };

// Appends `text` as valid UTF-8, with backslashes escaped and every character that a terminal or a
// viewer would obey instead of show; in quotes they are escaped too, which gives the inside of a
// JSON string. Stops after `limit` bytes of output with an ellipsis.
void append_escaped(std::string& out, std::string_view text, place where, std::size_t limit);

// Appends `name` with everything but letters, digits and `_ . @ -` made `_`, cut at 64 bytes.
void append_name(std::string& out, std::string_view name);

} // namespace sagaflow::log_text
