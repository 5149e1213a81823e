#include "http/json_string.hpp"

#include <sagaflow/http_health.hpp>

#include <string>
#include <utility>

namespace sagaflow::http {
namespace {

field not_cached() {
    return {"Cache-Control", "no-store"};
}

response healthy(const std::string& body = R"({"status":"up"})") {
    return {.status = 200, .content_type = "application/json", .body = body, .headers = {not_cached()}};
}

// With what the parts have to tell although they are well.
response ready(const health_report& report) {
    std::string notes;
    for (const health_report::part& part : report.parts) {
        if (part.reason.empty()) continue;
        notes += notes.empty() ? "" : ",";
        append_json_string(notes, part.name);
        notes += ':';
        append_json_string(notes, part.reason);
    }
    return notes.empty() ? healthy() : healthy(R"({"status":"up","notes":{)" + notes + "}}");
}

problem not_ready(const health_report& report) {
    problem p{.status = 503, .type = "not-ready", .headers = {not_cached(), {"Retry-After", "1"}}};
    for (const health_report::part& part : report.parts) {
        if (part.ok) continue;
        p.detail += p.detail.empty() ? "" : "; ";
        p.detail += part.name + ": " + part.reason;
    }
    if (p.detail.empty()) p.detail = "The service is starting or stopping.";
    return p;
}

} // namespace

void add_health(server& s, std::function<health_report()> check) {
    s.route("GET", "/livez", [](const request&, exchange e) { e.respond(healthy()); });
    s.route("GET", "/readyz", [check = std::move(check)](const request&, exchange e) {
        const health_report report = check();
        if (report.ready) return e.respond(ready(report));
        e.refuse(not_ready(report));
    });
}

} // namespace sagaflow::http
