#include "testing/words.hpp"

#include <sagaflow/error.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace sagaflow::testing {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string_view next_word(std::string_view& text) {
    text = trimmed(text);
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

std::string squeezed(std::string_view text) {
    std::string out;
    for (const char c : trimmed(text))
        if (c != ' ' || out.back() != ' ') out.push_back(c);
    return out;
}

duration read_duration(std::string_view text) {
    using namespace std::chrono_literals;
    static constexpr std::array<std::pair<std::string_view, duration>, 5> units = {
        {{"ms", 1ms}, {"s", 1s}, {"min", 1min}, {"h", 1h}, {"d", 24h}}};
    duration::rep n = 0;
    const auto [at, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    const std::string_view unit(at, static_cast<std::size_t>(text.data() + text.size() - at));
    for (const auto& [name, length] : units)
        if (ec == std::errc() && unit == name) return n * length;
    throw error(errc::invalid_argument,
                "'" + std::string(text) + "' is not a duration such as 200ms, 3s, 5min, 2h");
}

} // namespace sagaflow::testing
