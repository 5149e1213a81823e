#include "yaml/expand.hpp"

#include <algorithm>
#include <string_view>

namespace sagaflow::config {
namespace {

constexpr std::string_view opening = "${";
constexpr std::string_view escaped = "$${";

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

} // namespace

expansion expand(const std::string& text, const environment& variables) {
    expansion result;
    std::string_view rest = text;
    while (!rest.empty()) {
        if (rest.starts_with(escaped)) {
            result.text += opening;
            rest.remove_prefix(escaped.size());
            continue;
        }
        if (!rest.starts_with(opening)) {
            result.text += rest[0];
            rest.remove_prefix(1);
            continue;
        }
        const auto end = rest.find('}');
        if (end == std::string_view::npos) {
            result.problem = "has a `${` without its `}` (a plain `${` is written `$${`)";
            return result;
        }
        const std::string_view inside = rest.substr(opening.size(), end - opening.size());
        const auto separator = inside.find(":-");
        const std::string name(inside.substr(0, separator));
        if (!is_name(name)) {
            result.problem =
                "has a `${...}` that is neither ${NAME} nor ${NAME:-default} "
                "(a plain `${` is written `$${`)";
            return result;
        }
        const auto variable = variables.find(name);
        if (variable != variables.end() &&
            (!variable->second.empty() || separator == std::string_view::npos)) {
            result.text += variable->second;
        } else if (separator != std::string_view::npos) {
            result.text += inside.substr(separator + 2);
        } else {
            result.problem.append("needs the environment variable ").append(name);
            result.problem.append(", which is not set; set it, or write ${")
                .append(name)
                .append(":-default}");
            return result;
        }
        result.changed = true;
        rest.remove_prefix(end + 1);
    }
    return result;
}

std::string unexpand(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (std::string_view(text).substr(i).starts_with(opening)) result += '$';
        result += text[i];
    }
    return result;
}

} // namespace sagaflow::config
