#include "core/json_text.hpp"

namespace sagaflow::core {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

unsigned char byte(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}
bool continues(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

// The length of the well-formed UTF-8 sequence that begins at i; 0 if there is none (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t i) {
    const auto a = byte(text, i), b = byte(text, i + 1), c = byte(text, i + 2), d = byte(text, i + 3);
    if (a >= 0xC2 && a <= 0xDF) return continues(b) ? 2 : 0;
    if (a >= 0xE0 && a <= 0xEF) {
        const bool second = continues(b) && (a != 0xE0 || b >= 0xA0) && (a != 0xED || b <= 0x9F);
        return second && continues(c) ? 3 : 0;
    }
    if (a >= 0xF0 && a <= 0xF4) {
        const bool second = continues(b) && (a != 0xF0 || b >= 0x90) && (a != 0xF4 || b <= 0x8F);
        return second && continues(c) && continues(d) ? 4 : 0;
    }
    return 0;
}

bool plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 && c != '"' &&
           c != '\\';
}

void append_escaped(std::string& out, char c) {
    static constexpr std::string_view hex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
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
    out += "\\u00";
    out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
    out.push_back(hex[static_cast<unsigned char>(c) & 15]);
}

} // namespace

void append_string(std::string& out, std::string_view text) {
    out.push_back('"');
    std::size_t from = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        if (plain(text[i])) {
            ++i;
            continue;
        }
        if (const auto n = sequence_length(text, i); n != 0) {
            i += n;
            continue;
        }
        out.append(text, from, i - from);
        if (static_cast<unsigned char>(text[i]) >= 0x80)
            out += replacement;
        else
            append_escaped(out, text[i]);
        from = ++i;
    }
    out.append(text, from, text.size() - from);
    out.push_back('"');
}

} // namespace sagaflow::core
