// What is sent, as bytes.
#pragma once

#include <sagaflow/http.hpp>

#include <ctime>
#include <string>
#include <string_view>

namespace sagaflow::http {

// How the client wants its answer.
struct framing {
    bool http_1_0 = false;
    bool keep_alive = true;
    bool head_only = false; // HEAD
};

inline constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

// A whole answer.
std::string to_wire(const response& r, const framing& f, std::string_view date);

// The head of a stream of events and its first lines. Its body is chunked, except for HTTP/1.0.
std::string stream_start(const stream_options& options, const framing& f, std::string_view date);

// As in the Date header.
std::string http_date(std::time_t t);

} // namespace sagaflow::http
