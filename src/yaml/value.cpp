#include "yaml/value.hpp"

#include "text/utf8.hpp"
#include "yaml/show.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sagaflow::config {
namespace {

using detail::entry;
using detail::kind;

struct unit {
    std::string_view name;
    std::int64_t factor;
};

// Largest first: printing takes the first that divides.
constexpr std::array durations{unit{"d", 86'400'000'000'000},
                               unit{"h", 3'600'000'000'000},
                               unit{"min", 60'000'000'000},
                               unit{"m", 60'000'000'000},
                               unit{"s", 1'000'000'000},
                               unit{"ms", 1'000'000},
                               unit{"us", 1'000},
                               unit{"ns", 1}};
constexpr std::array sizes{unit{"TiB", 1LL << 40}, unit{"GiB", 1LL << 30}, unit{"MiB", 1LL << 20},
                           unit{"KiB", 1LL << 10}, unit{"B", 1}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

reading read_boolean(std::string_view text) {
    if (text == "true") return {true};
    if (text == "false") return {false};
    return {};
}

struct whole {
    std::optional<std::int64_t> number;
    std::string remark = {};
};

whole read_whole(std::string_view text) {
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit)) return {};
    if (digits.size() > 1 && digits[0] == '0')
        return {{}, "leading zeros are refused: some take them for octal"};
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return {};
    return {number};
}

bool in_bounds(const entry& entry, std::int64_t number) {
    return number >= std::get<std::int64_t>(entry.min) && number <= std::get<std::int64_t>(entry.max);
}

reading read_integer(const entry& entry, std::string_view text) {
    auto [number, remark] = read_whole(text);
    if (!number) return {{}, std::move(remark)};
    if (!in_bounds(entry, *number)) return {};
    return {*number};
}

reading read_number(const entry& entry, std::string_view text) {
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || !is_digit(digits[0])) return {}; // neither inf nor nan nor .5
    if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) {
        return {{}, "leading zeros are refused: some take them for octal"};
    }
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return {};
    if (number < std::get<double>(entry.min) || number > std::get<double>(entry.max)) return {};
    return {number};
}

template <std::size_t N>
reading read_with_unit(const entry& entry, std::string_view text, const std::array<unit, N>& units) {
    const auto digits_end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) - text.begin());
    auto [number, remark] = read_whole(text.substr(0, digits_end));
    if (!number) return {{}, std::move(remark)};
    const std::string_view name = text.substr(digits_end);
    if (name.empty()) return {{}, "the unit is missing"};
    const auto known = std::ranges::find(units, name, &unit::name);
    if (known == units.end()) return {};
    std::int64_t scaled = 0;
    if (__builtin_mul_overflow(*number, known->factor, &scaled) || !in_bounds(entry, scaled)) return {};
    if (scaled % entry.tick != 0) return {{}, "finer than this setting can be"};
    return {scaled};
}

reading read_choice(const entry& entry, std::string_view text) {
    const auto found = std::ranges::find(entry.names, text);
    if (found == entry.names.end()) return {};
    return {std::int64_t{found - entry.names.begin()}};
}

// Whatever the encoding: a secret may be any bytes but these.
std::string refuse_bytes(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return "it holds a NUL character";
    if (text.find(mask) != std::string_view::npos) {
        return "it holds " + std::string(mask) + ", which stands for a secret in printed settings";
    }
    return {};
}

reading read_text(const entry& entry, std::string_view text) {
    if (auto why = entry.secret ? refuse_bytes(text) : refuse_text(text); !why.empty())
        return {{}, std::move(why)};
    if (entry.required && text.empty()) return {{}, "it must not be empty"};
    return {std::string(text)};
}

template <std::size_t N>
std::string with_unit(std::int64_t number, const std::array<unit, N>& units) {
    for (const auto& [name, factor] : units) {
        if (number % factor == 0 && (number != 0 || factor == units.back().factor)) {
            return std::to_string(number / factor) + std::string(name);
        }
    }
    return std::to_string(number);
}

std::string number_text(const entry& entry, std::int64_t number) {
    if (entry.type == kind::size) return with_unit(number, sizes);
    if (entry.type != kind::duration) return std::to_string(number);
    return number == 0 ? "0s" : with_unit(number, durations);
}

std::string number_text(const entry&, double number) {
    std::array<char, 32> buffer{};
    const auto [end, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    return {buffer.data(), failure == std::errc() ? end : buffer.data()};
}

// Bounds are said only when they are not those of the type itself: nobody is helped by 9223372036854775807.
template <class T>
std::string bounds(const entry& entry, T lowest, T highest) {
    const T min = std::get<T>(entry.min);
    const T max = std::get<T>(entry.max);
    const std::string least = number_text(entry, min);
    const std::string most = number_text(entry, max);
    if (min > lowest && max < highest) return least + " to " + most;
    if (min > lowest) return least + " or more";
    if (max < highest) return most + " or less";
    return {};
}

// "a, b or c"
std::string alternatives(const std::vector<std::string>& names) {
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) all += i + 1 == names.size() ? " or " : ", ";
        all += names[i];
    }
    return all;
}

} // namespace

reading read_value(const entry& entry, std::string_view text) {
    switch (entry.type) {
        case kind::boolean:
            return read_boolean(text);
        case kind::integer:
            return read_integer(entry, text);
        case kind::number:
            return read_number(entry, text);
        case kind::duration:
            return read_with_unit(entry, text, durations);
        case kind::size:
            return read_with_unit(entry, text, sizes);
        case kind::choice:
            return read_choice(entry, text);
        case kind::text:
            return read_text(entry, text);
        case kind::list:
        case kind::map:
            break;
    }
    return {};
}

std::string refuse_text(std::string_view text) {
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t bytes = text::decode_utf8(rest).bytes;
        if (bytes == 0) return "it is not UTF-8";
        rest.remove_prefix(bytes);
    }
    return refuse_bytes(text);
}

std::string type_name(const entry& entry) {
    switch (entry.type) {
        case kind::boolean:
            return "true or false";
        case kind::integer:
            return "whole number" + (entry.unit.empty() ? "" : " of " + entry.unit);
        case kind::number:
            return "number" + (entry.unit.empty() ? "" : " of " + entry.unit);
        case kind::duration:
            return "duration";
        case kind::size:
            return "size";
        case kind::choice:
            return alternatives(entry.names);
        case kind::text:
            return entry.secret ? "secret text" : "text";
        case kind::list:
            return "list of texts";
        case kind::map:
            return "map of texts";
    }
    return {};
}

std::string allowed(const entry& entry) {
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    switch (entry.type) {
        case kind::integer:
            return bounds(entry, std::numeric_limits<std::int64_t>::min(), highest);
        case kind::size:
            return bounds(entry, std::int64_t{0}, highest);
        // The highest of a duration is rounded to its period.
        case kind::duration:
            return bounds(entry, std::int64_t{0}, highest / entry.tick * entry.tick);
        case kind::number:
            return bounds(entry, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
        default:
            return {};
    }
}

std::string expected(const entry& entry) {
    const std::string range = allowed(entry);
    const std::string suffix = range.empty() ? "" : " (" + range + ")";
    switch (entry.type) {
        case kind::duration:
            return "a duration such as 5s or 200ms" + suffix;
        case kind::size:
            return "a size such as 64KiB or 16MiB" + suffix;
        case kind::text:
            return "a text";
        case kind::boolean:
        case kind::choice:
            return type_name(entry);
        default:
            return "a " + type_name(entry) + suffix;
    }
}

std::string scalar_text(const entry& entry, const detail::value& value) {
    switch (entry.type) {
        case kind::boolean:
            return std::get<bool>(value) ? "true" : "false";
        case kind::number:
            return number_text(entry, std::get<double>(value));
        case kind::choice:
            return entry.names.at(static_cast<std::size_t>(std::get<std::int64_t>(value)));
        case kind::text:
            return std::get<std::string>(value);
        case kind::list:
        case kind::map:
            return {};
        default:
            return number_text(entry, std::get<std::int64_t>(value));
    }
}

} // namespace sagaflow::config
