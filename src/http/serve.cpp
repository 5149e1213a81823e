#include "http/serve.hpp"

#include <exception>
#include <string>
#include <utility>

namespace sagaflow::http {
namespace {

response options_answer(std::string allowed) {
    return {.status = 204, .headers = {{"Allow", std::move(allowed)}}};
}

void call(const handler& target, log_sink* log_to, request r, exchange e) {
    const std::string method = r.method;
    const std::string path = r.path;
    std::string what = "an exception that is no std::exception";
    try {
        return target(std::move(r),
                      std::move(e)); // what it throws drops the exchange, which answers 500
    } catch (const std::exception& failure) {
        what = failure.what();
    } catch (...) {
    }
    log(log_to, log_level::error, "an HTTP handler threw",
        {{"method", method}, {"path", path}, {"error", what}});
}

void route(const router& routes, log_sink* log_to, request r, exchange e) {
    if (r.path == "*") return e.respond(options_answer(routes.all_methods()));
    router::match found = routes.find(r.method, r.path);
    if (found.target != nullptr) {
        r.params = std::move(found.params);
        return call(*found.target, log_to, std::move(r), std::move(e));
    }
    if (found.malformed) {
        return e.refuse({.status = 400,
                         .type = "malformed-path",
                         .detail = "A '%' in the path must be followed by two hex digits."});
    }
    if (found.allowed.empty()) {
        return e.refuse(
            {.status = 404, .type = "not-found", .detail = "There is nothing at " + r.path + "."});
    }
    if (r.method == "OPTIONS") return e.respond(options_answer(std::move(found.allowed)));
    e.refuse({.status = 405,
              .type = "method-not-allowed",
              .detail = r.path + " answers " + found.allowed + ", not " + r.method + ".",
              .headers = {{"Allow", found.allowed}}});
}

} // namespace

void serve(const router& routes, log_sink* log_to, request r, exchange e) noexcept {
    try {
        route(routes, log_to, std::move(r), std::move(e));
    } catch (const std::exception& failure) {
        log(log_to, log_level::error, "an HTTP request could not be served", {{"error", failure.what()}});
    }
}

} // namespace sagaflow::http
