#include "spdlog/escape.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace sagaflow::log_text {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view ellipsis = "\xE2\x80\xA6";

struct character {
    std::uint32_t code;
    std::size_t bytes; // 0: the first byte begins no valid character
};

constexpr character invalid{0, 0};

character decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return invalid;
    std::uint32_t code = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return invalid;
        code = code << 6U | (byte(i) & 0x3FU);
    }
    constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < smallest[length] || code > 0x10FFFF || surrogate) return invalid;
    return {code, length};
}

// Control characters, line separators, and those that reverse the direction of writing.
bool is_obeyed(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

void append_code(std::string& out, std::uint32_t code) {
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

} // namespace

void append_escaped(std::string& out, std::string_view text, place where, std::size_t limit) {
    const std::size_t end = out.size() + limit;
    while (!text.empty()) {
        if (out.size() >= end) {
            out += ellipsis;
            return;
        }
        const character next = decode(text);
        if (next.bytes == 0) {
            out += replacement;
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

void append_name(std::string& out, std::string_view name) {
    constexpr std::size_t longest = 64;
    if (name.empty()) out += '_';
    for (const char c : name.substr(0, longest)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '@' || c == '-';
        out += plain ? c : '_';
    }
}

} // namespace sagaflow::log_text
