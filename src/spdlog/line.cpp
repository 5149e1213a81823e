#include "spdlog/line.hpp"

#include "text/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <vector>

namespace sagaflow::log_text {
namespace {

constexpr std::size_t longest_message = 8 * 1024;
constexpr std::size_t longest_value = 2 * 1024;
constexpr std::size_t longest_name = 64;

using text::append_escaped;
using text::place;

// Everything but letters, digits and `_ . @ -` becomes `_`.
void append_name(std::string& out, std::string_view name) {
    if (name.empty()) out += '_';
    for (const char c : name.substr(0, longest_name)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '_' || c == '.' || c == '@' || c == '-';
        out += plain ? c : '_';
    }
}

void append_time(std::string& out, std::chrono::system_clock::time_point at) {
    using namespace std::chrono;
    const auto whole = floor<seconds>(at);
    const auto millis = static_cast<int>(duration_cast<milliseconds>(at - whole).count());
    const std::time_t now = system_clock::to_time_t(whole);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 24> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 8> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", millis);
    out += date.data();
    out += fraction.data();
}

// Whether a value can stand in a text line without quotes and not be taken for anything else.
bool is_bare(std::string_view value) {
    constexpr std::string_view others = "_-.~:/@+";
    return !value.empty() && std::ranges::all_of(value, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != std::string_view::npos;
    });
}

void append_member(std::string& out, std::string_view name, std::string_view value, std::size_t limit) {
    out += ",\"";
    out += name;
    out += "\":\"";
    append_escaped(out, value, place::in_quotes, limit);
    out += '"';
}

std::string ecs_name(std::string_view key) {
    constexpr std::array reserved{"@timestamp", "log.level", "ecs.version", "service.name"};
    std::string name;
    append_name(name, key);
    const bool of_ecs = name.find('.') != std::string::npos && name.find("..") == std::string::npos;
    if (of_ecs && std::ranges::find(reserved, name) == reserved.end()) return name;
    std::ranges::replace(name, '.', '_');
    return "labels." + name;
}

} // namespace

std::string text_line(const entry& entry) {
    std::string line;
    append_time(line, entry.at);
    const std::string_view level = to_string(entry.level);
    line += ' ';
    line += level;
    line.append(level.size() < 5 ? 6 - level.size() : 1, ' ');
    append_escaped(line, entry.message, place::bare, longest_message);
    for (const auto& [key, value] : entry.fields) {
        line += ' ';
        append_name(line, key);
        line += '=';
        const bool bare = is_bare(value);
        if (!bare) line += '"';
        append_escaped(line, value, place::in_quotes, longest_value);
        if (!bare) line += '"';
    }
    return line;
}

std::string ecs_line(const entry& entry, std::string_view service) {
    std::string line = "{\"@timestamp\":\"";
    append_time(line, entry.at);
    line += '"';
    append_member(line, "log.level", to_string(entry.level), longest_value);
    append_member(line, "message", entry.message, longest_message);
    append_member(line, "ecs.version", "1.6.0", longest_value);
    if (!service.empty()) append_member(line, "service.name", service, longest_value);
    std::vector<std::string> written;
    for (const auto& [key, value] : entry.fields) {
        std::string name = ecs_name(key);
        if (std::ranges::find(written, name) != written.end()) continue;
        append_member(line, name, value, longest_value);
        written.push_back(std::move(name));
    }
    line += '}';
    return line;
}

} // namespace sagaflow::log_text
