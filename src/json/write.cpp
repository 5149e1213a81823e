// Writing JSON text straight into a string.
#include <sagaflow/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace sagaflow::json {

namespace {

// Characters that stand in a JSON string as they are, for the ASCII half.
constexpr std::array<bool, 128> plain = [] {
    std::array<bool, 128> table{};
    for (std::size_t c = 0x20; c < table.size(); ++c) table[c] = c != '"' && c != '\\';
    return table;
}();

void append_escaped(std::string& out, unsigned char c) {
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

unsigned char byte_at(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

// The length of the UTF-8 character that begins at i with a byte over 0x7F; 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t i) {
    const auto first = byte_at(text, i);
    const auto second = byte_at(text, i + 1);
    const auto follows = [&](std::size_t at) { return (byte_at(text, at) & 0xC0) == 0x80; };
    if (first >= 0xC2 && first <= 0xDF) return follows(i + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F))
            return 0; // overlong, surrogate
        return follows(i + 1) && follows(i + 2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
        return follows(i + 1) && follows(i + 2) && follows(i + 3) ? 4 : 0;
    }
    return 0;
}

// Whether eight bytes are all ASCII, none of them below 0x20, a quote or a backslash.
bool all_plain(const char* bytes) {
    std::uint64_t w = 0;
    std::memcpy(&w, bytes, sizeof w);
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t high = 0x8080808080808080u;
    const auto zero_in = [](std::uint64_t v) { return (v - ones) & ~v; };
    const auto below_space = w - ones * 0x20;
    return ((w | below_space | zero_in(w ^ (ones * '"')) | zero_in(w ^ (ones * '\\'))) & high) == 0;
}

template <class N>
void append_integer(std::string& out, N n) {
    std::array<char, 24> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr);
}

} // namespace

void append_text(std::string& out, std::string_view text, const place& at) {
    out.push_back('"');
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (i + 8 <= text.size() && all_plain(text.data() + i)) {
            i += 8;
            continue;
        }
        const auto c = static_cast<unsigned char>(text[i]);
        if (c > 0x7F) {
            const auto length = utf8_length(text, i);
            if (length == 0) fail(at, "text that is not UTF-8");
            i += length;
            continue;
        }
        if (!plain[c]) {
            out.append(text, from, i - from);
            append_escaped(out, c);
            from = i + 1;
        }
        ++i;
    }
    out.append(text, from, text.size() - from);
    out.push_back('"');
}

void append_number(std::string& out, std::int64_t n) {
    append_integer(out, n);
}

void append_number(std::string& out, std::uint64_t n) {
    append_integer(out, n);
}

void append_number(std::string& out, double n, const place& at) {
    if (!std::isfinite(n)) fail(at, "a number that is not finite has no JSON form");
    std::array<char, 32> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr);
}

} // namespace sagaflow::json
