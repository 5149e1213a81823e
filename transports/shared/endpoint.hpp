// Where a broker listens, as the options name it.
#pragma once

#include <string>

namespace sagaflow::transports {

struct endpoint {
    std::string host;
    int port = 0;
    std::string text() const { return host + ":" + std::to_string(port); }
};

// "host", "host:port", "[IPv6 address]:port". Throws error(invalid_argument).
endpoint parse_endpoint(const std::string& text, int default_port);

} // namespace sagaflow::transports
