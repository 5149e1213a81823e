#include "http/ascii.hpp"

#include <sagaflow/http_message.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sagaflow::http {
namespace {

// "text/html;level=1; q=0.5": is this the media type, and is it not refused?
bool allows(std::string_view range, std::string_view media_type) noexcept {
    if (!equal_ignoring_case(trim(next_part(range, ';')), media_type)) return false;
    while (!range.empty()) {
        auto value = trim(next_part(range, ';'));
        const auto name = next_part(value, '=');
        if (equal_ignoring_case(name, "q")) {
            return value.find_first_of("123456789") != std::string_view::npos;
        }
    }
    return true;
}

constexpr std::pair<int, std::string_view> status_names[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

} // namespace

std::optional<std::string_view> request::header(std::string_view name) const noexcept {
    for (const field& f : headers) {
        if (equal_ignoring_case(f.name, name)) return f.value;
    }
    return std::nullopt;
}

std::string_view request::param(std::string_view name) const noexcept {
    for (const field& f : params) {
        if (f.name == name) return f.value;
    }
    return {};
}

std::string request::content_type() const {
    auto rest = header("Content-Type").value_or("");
    std::string type{trim(next_part(rest, ';'))};
    std::ranges::transform(type, type.begin(), lower);
    return type;
}

bool request::accepts(std::string_view media_type) const noexcept {
    for (const field& f : headers) {
        if (!equal_ignoring_case(f.name, "Accept")) continue;
        for (std::string_view rest = f.value; !rest.empty();) {
            if (allows(next_part(rest, ','), media_type)) return true;
        }
    }
    return false;
}

std::string_view status_name(int status) noexcept {
    const auto* const found =
        std::ranges::find(status_names, status, &std::pair<int, std::string_view>::first);
    return found == std::end(status_names) ? "Unknown" : found->second;
}

} // namespace sagaflow::http
