// Makes any bytes fit to be shown to people and to stand in a line.
#pragma once

#include "text/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace sagaflow::text {

// Control characters, line separators, and those that reverse the direction of writing: a terminal or a
// viewer obeys them instead of showing them.
inline bool is_obeyed(std::uint32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

inline void append_code(std::string& out, std::uint32_t code) {
    switch (code) {
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "\\u%04x", static_cast<unsigned>(code));
    out += buffer.data();
}

enum class place { bare, in_quotes };

// Appends `text` as valid UTF-8, with backslashes and every obeyed character escaped; in quotes they are
// escaped too, which gives the inside of a JSON string. Stops after `limit` bytes of output with an ellipsis.
inline void append_escaped(std::string& out, std::string_view text, place where, std::size_t limit) {
    const std::size_t end = out.size() + limit;
    while (!text.empty()) {
        if (out.size() >= end) {
            out += "\xE2\x80\xA6"; // an ellipsis
            return;
        }
        const utf8_character next = decode_utf8(text);
        if (next.bytes == 0) {
            out += "\xEF\xBF\xBD"; // the replacement character
            text.remove_prefix(1);
            continue;
        }
        if (is_obeyed(next.code)) {
            append_code(out, next.code);
        } else {
            const bool quote = next.code == '"' && where == place::in_quotes;
            if (quote || next.code == '\\') out += '\\';
            out += text.substr(0, next.bytes);
        }
        text.remove_prefix(next.bytes);
    }
}

} // namespace sagaflow::text
