// Writing JSON text straight into a string.
#include "text/json_string.hpp"

#include <sagaflow/json.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace sagaflow::json {

namespace {

template <class N>
void append_integer(std::string& out, N n) {
    std::array<char, 24> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr);
}

} // namespace

void append_text(std::string& out, std::string_view text, const place& at) {
    text::append_json_string(out, text, [&] { fail(at, "text that is not UTF-8"); });
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
    if (n == 0 && std::signbit(n)) out += ".0"; // "-0" is read as an integer, which has no sign then
}

} // namespace sagaflow::json
