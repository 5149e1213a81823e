#include "core/json_text.hpp"

namespace sagaflow::core {

namespace {

bool plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
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
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (plain(text[i])) continue;
        out.append(text, from, i - from);
        append_escaped(out, text[i]);
        from = i + 1;
    }
    out.append(text, from, text.size() - from);
    out.push_back('"');
}

} // namespace sagaflow::core
