#include "web/demo_routes.hpp"

#include "base/demo_service.hpp"
#include "base/worker_pool.hpp"
#include "web/body.hpp"
#include "web/fields.hpp"
#include "web/problems.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace signup {

namespace {

namespace http = sagaflow::http;

// The fields of a body, or nothing when the request was refused for them.
template <class Fields>
std::optional<Fields> fields_of(const http::request& r, http::exchange& x,
                                std::variant<Fields, field_errors> (*read)(const boost::json::object&)) {
    auto body = read_body(r);
    if (const auto* wrong = std::get_if<http::problem>(&body)) return x.refuse(*wrong), std::nullopt;
    auto fields = read(std::get<boost::json::object>(body));
    if (auto* wrong = std::get_if<field_errors>(&fields))
        return x.refuse(invalid_body(std::move(*wrong))), std::nullopt;
    return std::move(std::get<Fields>(fields));
}

// Has the service do it, on the pool, and answers.
void act(const demo_routes_parts& with, service which, http::exchange x,
         std::function<void(demo_service&)> what) {
    auto* const on = which == service::chat ? with.chat : with.customer;
    if (!on)
        return x.refuse({.status = 404, .title = "not here", .detail = "another program is that service"});
    const auto later = std::make_shared<http::exchange>(std::move(x));
    auto task = [on, what = std::move(what), later] {
        try {
            what(*on);
            later->respond({.status = 204});
        } catch (const std::exception& e) {
            later->refuse(problem_of({refusal::reason::unavailable, e.what()}));
        }
    };
    if (!with.workers.post(std::move(task))) {
        later->refuse(problem_of(
            {refusal::reason::overloaded, "too many requests are waiting: try again in a moment"}));
    }
}

void put_user(const demo_routes_parts& with, const http::request& r, http::exchange x) {
    const auto fields = fields_of(r, x, read_planted_user);
    if (!fields) return;
    act(with, fields->where, std::move(x), [id = fields->user_id](demo_service& s) { s.put_user(id); });
}

void set_fault(const demo_routes_parts& with, const http::request& r, http::exchange x) {
    const auto fields = fields_of(r, x, read_fault);
    if (!fields) return;
    const fault f{std::chrono::milliseconds(fields->delay_ms), fields->deaf};
    act(with, fields->where, std::move(x), [f](demo_service& s) { s.set_fault(f); });
}

} // namespace

void add_demo_routes(http::server& server, const demo_routes_parts& with) {
    server.route("POST", "/demo/users",
                 [with](const http::request& r, http::exchange x) { put_user(with, r, std::move(x)); });
    server.route("POST", "/demo/faults",
                 [with](const http::request& r, http::exchange x) { set_fault(with, r, std::move(x)); });
}

} // namespace signup
