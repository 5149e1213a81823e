#include "yaml/show.hpp"

#include "text/escape.hpp"
#include "yaml/expand.hpp"
#include "yaml/value.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace sagaflow::config {
namespace {

using detail::kind;

std::string in_quotes(std::string_view text, std::size_t limit) {
    std::string result = "\"";
    text::append_escaped(result, text, text::place::in_quotes, limit);
    return result + '"';
}

// Whether the value that a property of this name has is better not printed.
bool sounds_secret(std::string_view name) {
    constexpr std::array signs{"password",   "passwd", "passphrase",   "secret", "token",
                               "credential", "apikey", "oauthbearer.", "jaas",   ".pem"};
    std::string lower(name);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return std::ranges::any_of(signs,
                               [&](std::string_view sign) { return lower.find(sign) != std::string::npos; });
}

// scheme://user:password@host
std::string without_password_of_url(std::string_view text) {
    constexpr std::string_view separator = "://";
    std::string result(text);
    for (auto at = result.find(separator); at != std::string::npos; at = result.find(separator, at)) {
        at += separator.size();
        const auto end = std::min(result.find_first_of("/?# ,", at), result.size());
        const auto authority = std::string_view(result).substr(at, end - at);
        const auto host = authority.rfind('@');
        const auto colon = authority.find(':');
        if (host == std::string_view::npos || colon >= host) continue;
        result.replace(at + colon + 1, host - colon - 1, mask);
    }
    return result;
}

std::string printed_text(std::string_view text) {
    return quoted(unexpand(without_password_of_url(text)));
}

} // namespace

std::string quoted(std::string_view text) {
    return in_quotes(text, std::numeric_limits<std::size_t>::max() / 2);
}

std::string to_yaml(const detail::entry& entry, const detail::value& value) {
    if (entry.type == kind::list) {
        std::string all;
        for (const auto& item : std::get<std::vector<std::string>>(value)) {
            all += (all.empty() ? "" : ", ") + printed_text(item);
        }
        return "[" + all + "]";
    }
    const std::string text = scalar_text(entry, value);
    if (entry.secret && !text.empty()) return quoted(mask);
    return entry.type == kind::text ? printed_text(text) : text;
}

std::string to_yaml(const property& pair) {
    return sounds_secret(pair.name) && !pair.value.empty() ? quoted(mask) : printed_text(pair.value);
}

std::string printable(std::string_view text) {
    constexpr std::size_t longest = 200;
    std::string result;
    text::append_escaped(result, text, text::place::bare, longest);
    return result;
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 80;
    return in_quotes(without_password_of_url(text), longest);
}

} // namespace sagaflow::config
