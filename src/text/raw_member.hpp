// The text of a member of a JSON object, as it stands: numbers keep all their digits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sagaflow::text {

namespace detail {

inline std::size_t skip_blanks(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

// From a quotation mark to behind the one that ends the string.
inline std::size_t skip_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

inline std::size_t skip_value(std::string_view text, std::size_t at) {
    for (int depth = 0; at < text.size();) {
        const char c = text[at];
        if (depth == 0 && (c == ',' || c == '}')) return at;
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        at = c == '"' ? skip_string(text, at) : at + 1;
    }
    return at;
}

} // namespace detail

// `object` is valid JSON; `name` needs no escapes. Of members with the same name it is the last.
inline std::optional<std::string_view> raw_member(std::string_view object, std::string_view name) {
    using namespace detail;
    std::optional<std::string_view> found;
    auto at = skip_blanks(object, skip_blanks(object, 0) + 1); // behind the brace
    while (at < object.size() && object[at] == '"') {
        const auto key_end = skip_string(object, at);
        const auto key = object.substr(at + 1, key_end - at - 2);
        const auto from = skip_blanks(object, skip_blanks(object, key_end) + 1); // behind the colon
        auto end = skip_value(object, from);
        at = skip_blanks(object, end + 1); // behind the comma
        end = object.find_last_not_of(" \t\r\n", end - 1) + 1;
        if (key == name) found = object.substr(from, end - from);
    }
    return found;
}

} // namespace sagaflow::text
