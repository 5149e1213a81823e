#include <sagaflow/http_health.hpp>

#include <utility>

namespace sagaflow::http {
namespace {

field not_cached() {
    return {"Cache-Control", "no-store"};
}

response healthy() {
    return {.status = 200,
            .content_type = "application/json",
            .body = R"({"status":"up"})",
            .headers = {not_cached()}};
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
        if (report.ready) return e.respond(healthy());
        e.refuse(not_ready(report));
    });
}

} // namespace sagaflow::http
