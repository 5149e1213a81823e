// Text as a JSON string.
#pragma once

#include "text/utf8.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sagaflow::text {

namespace detail {

// Characters that stand in a JSON string as they are, for the ASCII half.
inline constexpr std::array<bool, 128> plain = [] {
    std::array<bool, 128> table{};
    for (std::size_t c = 0x20; c < table.size(); ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

// Whether eight bytes are all plain.
inline bool all_plain(const char* bytes) noexcept {
    std::uint64_t w = 0;
    std::memcpy(&w, bytes, sizeof w);
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t high = 0x8080808080808080U;
    const auto zero_in = [](std::uint64_t v) { return (v - ones) & ~v; };
    const auto below_space = w - ones * 0x20;
    return ((w | below_space | zero_in(w ^ (ones * '"')) | zero_in(w ^ (ones * '\\'))) & high) == 0;
}

inline void append_json_escape(std::string& out, unsigned char c) {
    static constexpr std::string_view names = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (std::size_t i = 0; i < names.size(); i += 2) {
        if (static_cast<unsigned char>(names[i]) != c) continue;
        out.push_back('\\');
        out.push_back(names[i + 1]);
        return;
    }
    static constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u00";
    out.push_back(hex[c >> 4]);
    out.push_back(hex[c & 15]);
}

} // namespace detail

// Appends it in quotes. For each byte at which no UTF-8 character begins it calls invalid(), which appends
// something in its place, or throws.
template <class F>
void append_json_string(std::string& out, std::string_view text, F invalid) {
    out.push_back('"');
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (i + 8 <= text.size() && detail::all_plain(text.data() + i)) {
            i += 8;
            continue;
        }
        const auto c = static_cast<unsigned char>(text[i]);
        const auto length = c < 0x80 ? std::size_t{detail::plain[c]} : decode_utf8(text.substr(i)).bytes;
        if (length != 0) {
            i += length;
            continue;
        }
        out.append(text, from, i - from);
        if (c < 0x80)
            detail::append_json_escape(out, c);
        else
            invalid();
        from = ++i;
    }
    out.append(text, from, text.size() - from);
    out.push_back('"');
}

} // namespace sagaflow::text
