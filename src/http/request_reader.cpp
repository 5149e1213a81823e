#include "http/request_reader.hpp"

#include "http/ascii.hpp"

#include <algorithm>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace sagaflow::http {
namespace {

namespace beast_http = boost::beast::http;
using beast_error = boost::beast::error_code;

constexpr std::string_view last_chunk = "0\r\n\r\n"; // the shortest there is

std::string_view view(boost::beast::string_view text) noexcept {
    return {text.data(), text.size()};
}

problem malformed(std::string detail) {
    return {.status = 400, .type = "malformed-request", .detail = std::move(detail)};
}

problem headers_too_large(const limits& bounds) {
    return {.status = 431,
            .type = "headers-too-large",
            .detail = "The request line and headers must not be over " + std::to_string(bounds.header_bytes) +
                      " bytes."};
}

problem body_too_large(const limits& bounds) {
    return {.status = 413,
            .type = "body-too-large",
            .detail = "The body must not be over " + std::to_string(bounds.body_bytes) + " bytes."};
}

problem explain(const beast_error& why, const limits& bounds) {
    if (why == beast_http::error::header_limit) return headers_too_large(bounds);
    if (why == beast_http::error::body_limit) return body_too_large(bounds);
    return malformed("The request is not valid HTTP/1.1: " + why.message() + ".");
}

// The part of the target that names the resource: "/path?query", or "*". Empty if it is neither.
std::string_view resource(std::string_view target) {
    if (target.starts_with('/') || target == "*") return target;
    const auto scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const auto scheme = target.substr(0, scheme_end);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return {};
    const auto path = target.find_first_of("/?", scheme_end + 3);
    return path == std::string_view::npos || target[path] == '?' ? "/" : target.substr(path);
}

} // namespace

struct request_reader::state {
    explicit state(const limits& b) : bounds(b) {
        parser.eager(false); // stop after the headers: they are judged before the body is taken
        parser.body_limit(bounds.body_bytes);
        parser.header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(bounds.header_bytes, 1U << 30)));
    }

    progress fail(problem why) {
        failure = std::move(why);
        return progress::failed;
    }

    // Of a chunked body a line is held without its end, but for the last chunk's, which is held whole until
    // the trailers have come.
    bool in_last_chunk() const {
        return headers_judged && parser.chunked() && held.find('\n') != std::string::npos;
    }
    std::size_t parse(std::string_view bytes, beast_error& why);
    progress hold(std::string_view& bytes, std::size_t used);
    progress judge_headers();

    const limits& bounds;
    beast_http::request_parser<beast_http::string_body> parser;
    std::string held; // the beginning of a line or header block whose rest has not come
    std::size_t header_bytes = 0;
    bool started = false;
    bool headers_judged = false;
    request result; // without its body; what comes as trailers after the body is not part of it
    problem failure;
};

request_reader::request_reader(const limits& bounds) : state_(std::make_unique<state>(bounds)) {}
request_reader::~request_reader() = default;
request_reader::request_reader(request_reader&&) noexcept = default;
request_reader& request_reader::operator=(request_reader&&) noexcept = default;

bool request_reader::has_started() const noexcept {
    return state_->started;
}
bool request_reader::has_headers() const noexcept {
    return state_->headers_judged;
}
bool request_reader::is_http_1_0() const noexcept {
    return state_->parser.get().version() == 10;
}
bool request_reader::wants_keep_alive() const noexcept {
    return state_->parser.keep_alive();
}
const problem& request_reader::failure() const noexcept {
    return state_->failure;
}

// Parses what there is, up to the end of the headers or of the request. Returns how much was used.
std::size_t request_reader::state::parse(std::string_view bytes, beast_error& why) {
    std::size_t used = 0;
    const bool in_headers = !parser.is_header_done();
    while (!why && used < bytes.size() && !parser.is_done() && parser.is_header_done() != in_headers) {
        used += parser.put(boost::asio::buffer(bytes.substr(used)), why);
    }
    if (!in_headers) return used;
    // The parser's own limit does not count lines that it has taken already.
    header_bytes += used;
    const std::size_t waiting = parser.is_header_done() ? 0 : bytes.size() - used;
    if (header_bytes + waiting > bounds.header_bytes) why = beast_http::error::header_limit;
    return used;
}

request_reader::progress request_reader::feed(std::string_view& bytes) {
    state& s = *state_;
    if (!s.started) {
        bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
        s.started = !bytes.empty();
    }
    while (!s.parser.is_done()) {
        const std::size_t from_before = s.held.size();
        const bool last_chunk_began = s.in_last_chunk();
        if (from_before > 0) s.held += bytes;
        // With less, the parser (of Boost 1.81) ends the program: an assertion of its own does not hold.
        if (last_chunk_began && s.held.size() < last_chunk.size()) {
            bytes = {};
            return progress::wants_more;
        }
        const std::string_view input = from_before > 0 ? std::string_view(s.held) : bytes;

        beast_error why;
        const std::size_t used = s.parse(input, why);
        if (why && why != beast_http::error::need_more) return s.fail(explain(why, s.bounds));

        const bool headers_ended = s.parser.is_header_done() && !s.headers_judged;
        if (!headers_ended && !s.parser.is_done()) return s.hold(bytes, used);
        bytes.remove_prefix(used - from_before); // an end is never found in old bytes alone
        s.held.clear();
        if (!headers_ended) break;
        const progress verdict = s.judge_headers();
        if (verdict != progress::complete) return verdict;
    }
    return progress::complete;
}

// Keeps what could not be used yet: the beginning of a line.
request_reader::progress request_reader::state::hold(std::string_view& bytes, std::size_t used) {
    if (held.empty()) {
        held = bytes.substr(used);
    } else {
        held.erase(0, used);
    }
    bytes = {};
    if (held.size() <= bounds.header_bytes) return progress::wants_more;
    return fail(malformed("A line of the chunked body is too long."));
}

// Refuses what the parser lets pass but this server does not take. `complete`: go on with the body.
request_reader::progress request_reader::state::judge_headers() {
    headers_judged = true;
    const auto& head = parser.get();
    const bool is_1_1 = head.version() == 11;
    const auto hosts = head.count(beast_http::field::host);
    if (hosts > 1 || (hosts == 0 && is_1_1)) {
        return fail(malformed("An HTTP/1.1 request needs exactly one Host header."));
    }
    if (const auto coding = head.find(beast_http::field::transfer_encoding); coding != head.end()) {
        if (!is_1_1) return fail(malformed("Transfer-Encoding does not exist in HTTP/1.0."));
        if (!equal_ignoring_case(view(coding->value()), "chunked")) {
            return fail({.status = 501,
                         .type = "transfer-encoding-unsupported",
                         .detail = "The only Transfer-Encoding taken here is chunked."});
        }
    }
    auto target = resource(view(head.target()));
    if (target.empty() || (target == "*" && view(head.method_string()) != "OPTIONS")) {
        return fail(malformed("The target of the request must be a path that starts with '/'."));
    }
    target = target.substr(0, target.find('#'));
    result.method = view(head.method_string());
    result.path = next_part(target, '?');
    result.query = target;
    for (const auto& f : head) {
        result.headers.push_back({std::string(view(f.name_string())), std::string(view(f.value()))});
    }
    const auto expect = head.find(beast_http::field::expect);
    if (expect == head.end() || !is_1_1) return progress::complete;
    if (!equal_ignoring_case(view(expect->value()), "100-continue")) {
        return fail({.status = 417,
                     .type = "expectation-unknown",
                     .detail = "The only expectation met here is 100-continue."});
    }
    return parser.is_done() ? progress::complete : progress::wants_continue;
}

request request_reader::take() {
    state_->result.body = std::move(state_->parser.get().body());
    return std::move(state_->result);
}

} // namespace sagaflow::http
