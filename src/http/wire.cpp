#include "http/wire.hpp"

#include "http/chunk.hpp"

#include <array>
#include <cstdio>

namespace sagaflow::http {
namespace {

void append_header(std::string& out, std::string_view name, std::string_view value) {
    (out += name) += ": ";
    for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    out += "\r\n";
}

bool is_token(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    for (const char c : name) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && marks.find(c) == std::string_view::npos) return false;
    }
    return !name.empty();
}

void append_headers(std::string& out, const std::vector<field>& headers) {
    for (const field& h : headers) {
        if (is_token(h.name)) append_header(out, h.name, h.value);
    }
}

std::string start_of(int status, const framing& f, std::string_view date) {
    std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
    (out += status_name(status)) += "\r\n";
    append_header(out, "Date", date);
    if (!f.keep_alive) append_header(out, "Connection", "close");
    if (f.keep_alive && f.http_1_0) append_header(out, "Connection", "keep-alive");
    return out;
}

} // namespace

std::string to_wire(const response& r, const framing& f, std::string_view date) {
    std::string out = start_of(r.status, f, date);
    const bool has_body = r.status != 204 && r.status != 304;
    if (!r.content_type.empty()) append_header(out, "Content-Type", r.content_type);
    append_headers(out, r.headers);
    if (has_body) append_header(out, "Content-Length", std::to_string(r.body.size()));
    out += "\r\n";
    if (has_body && !f.head_only) out += r.body;
    return out;
}

std::string stream_start(const stream_options& options, const framing& f, std::string_view date) {
    std::string out = start_of(200, f, date);
    append_header(out, "Content-Type", "text/event-stream");
    append_header(out, "Cache-Control", "no-cache, no-transform");
    append_header(out, "X-Accel-Buffering", "no"); // nginx: pass on at once
    append_headers(out, options.headers);
    if (!f.http_1_0) append_header(out, "Transfer-Encoding", "chunked");
    out += "\r\n";
    if (f.head_only) return out;
    const std::string first = "retry: " + std::to_string(options.retry.count()) + "\n: connected\n\n";
    return out += f.http_1_0 ? first : as_chunk(first);
}

std::string http_date(std::time_t t) {
    // Not strftime: its names follow the locale.
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm tm{};
    gmtime_r(&t, &tm);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                  days[static_cast<std::size_t>(tm.tm_wday)], tm.tm_mday,
                  months[static_cast<std::size_t>(tm.tm_mon)], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                  tm.tm_sec);
    return text.data();
}

} // namespace sagaflow::http
