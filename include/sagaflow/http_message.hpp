// What comes in over HTTP and what goes out: requests, responses, problems.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::http {

// A name and a value: a header line, or a path parameter.
struct field {
    std::string name;
    std::string value;
};

// One request, read whole. Nothing in it is trusted: the bytes are the client's, decoded only where
// it says so.
struct request {
    std::string method;         // as sent, case-sensitive: "GET"
    std::string path;           // starts with '/', without the query, still percent-encoded
    std::string query;          // what follows '?', still encoded
    std::vector<field> headers; // in the order they came, those of one name together
    std::vector<field> params;  // the route's parameters, percent-decoded
    std::string body;

    // The value of the first header of that name, in any case of letters.
    std::optional<std::string_view> header(std::string_view name) const noexcept;

    // The path parameter of that name; empty if the route has none of that name.
    std::string_view param(std::string_view name) const noexcept;

    // The media type of the body in lower case, without its parameters: "application/json". Empty
    // if none was sent.
    std::string content_type() const;

    // Whether Accept names this media type itself (wildcards do not count) and does not refuse it
    // with q=0.
    bool accepts(std::string_view media_type) const noexcept;
};

// An answer. Content-Length, Date, Connection and the framing are the server's own; a header that
// could not be sent as it is (a line break in it) is sent with spaces instead.
struct response {
    int status = 200;
    std::string content_type = {}; // empty: no such header
    std::string body = {};         // not sent with 204, 304 and to HEAD
    std::vector<field> headers = {};
};

// An error as clients get it: RFC 9457, application/problem+json.
struct problem {
    // What is wrong with one field of the request; `pointer` is a JSON pointer into its body
    // ("/email").
    struct entry {
        std::string pointer;
        std::string detail;
    };
    // A member of one's own; `json` is its value, already JSON.
    struct member {
        std::string name;
        std::string json;
    };

    int status = 500;
    std::string type =
        {}; // a slug, "user-exists"; sent as urn:sagaflow:problem:user-exists. Empty: about:blank
    std::string title = {};  // empty: the name of the status, "Conflict"
    std::string detail = {}; // bytes that are not UTF-8 are replaced
    std::vector<entry> errors = {};
    std::vector<member> members = {};
    std::vector<field> headers = {}; // sent with it: Retry-After, Allow …
};

// The body of a problem, one JSON object.
std::string to_json(const problem& p);

// The problem as the answer that carries it.
response to_response(const problem& p);

// The standard name of a status: "Not Found". "Unknown" for one that has none.
std::string_view status_name(int status) noexcept;

} // namespace sagaflow::http
