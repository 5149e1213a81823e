#include "endpoint.hpp"

#include <sagaflow/error.hpp>

#include <charconv>

namespace sagaflow::transports {

endpoint parse_endpoint(const std::string& text, int default_port) {
    const auto refuse = [&](const std::string& why) -> endpoint {
        throw error(errc::invalid_argument,
                    "the host '" + text + "' " + why + ": write host, host:port or [IPv6 address]:port");
    };
    const bool bracketed = text.starts_with('[');
    const auto end = bracketed ? text.find(']') : text.find(':');
    if (bracketed && end == std::string::npos) return refuse("has no closing bracket");
    endpoint e{bracketed ? text.substr(1, end - 1) : text.substr(0, end), default_port};
    if (e.host.empty()) return refuse("has no name");
    if (e.host.find_first_of(", /\t\n") != std::string::npos) return refuse("is more than one name");
    const auto colon = bracketed ? end + 1 : end;
    if (end == std::string::npos || colon == text.size()) return e;
    const char* const last = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data() + colon + 1, last, e.port);
    if (text[colon] != ':' || failed != std::errc{} || stopped != last || e.port < 1 || e.port > 65535)
        return refuse("has no port from 1 to 65535");
    return e;
}

} // namespace sagaflow::transports
