#include "http/json_string.hpp"

#include <sagaflow/http_message.hpp>

namespace sagaflow::http {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
    append_json_string(out += ',', name);
    append_json_string(out += ':', value);
}

void append_errors(std::string& out, const std::vector<problem::entry>& errors) {
    out += R"(,"errors":[)";
    for (const problem::entry& e : errors) {
        if (&e != &errors.front()) out += ',';
        append_json_string(out += R"({"pointer":)", e.pointer);
        append_member(out, "detail", e.detail);
        out += '}';
    }
    out += ']';
}

} // namespace

std::string to_json(const problem& p) {
    std::string out = R"({"type":)";
    append_json_string(out, p.type.empty() ? "about:blank" : "urn:sagaflow:problem:" + p.type);
    append_member(out, "title", p.title.empty() ? status_name(p.status) : std::string_view(p.title));
    out += R"(,"status":)" + std::to_string(p.status);
    if (!p.detail.empty()) append_member(out, "detail", p.detail);
    if (!p.errors.empty()) append_errors(out, p.errors);
    for (const problem::member& m : p.members) {
        append_json_string(out += ',', m.name);
        (out += ':') += m.json;
    }
    out += '}';
    return out;
}

response to_response(const problem& p) {
    return {.status = p.status,
            .content_type = "application/problem+json",
            .body = to_json(p),
            .headers = p.headers};
}

} // namespace sagaflow::http
