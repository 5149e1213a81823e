#include "core/json_text.hpp"

#include "text/json_string.hpp"

namespace sagaflow::core {

void append_string(std::string& out, std::string_view text) {
    text::append_json_string(out, text, [&] { out += "\xEF\xBF\xBD"; });
}

} // namespace sagaflow::core
