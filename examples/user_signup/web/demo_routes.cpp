#include "web/demo_routes.hpp"

#include "base/database.hpp"
#include "base/faulty_transport.hpp"
#include "base/worker_pool.hpp"
#include "copy/members.hpp"
#include "web/body.hpp"
#include "web/fields.hpp"
#include "web/problems.hpp"

#include <memory>
#include <utility>

namespace signup {

namespace {

namespace http = sagaflow::http;

const demo_service& service_of(const demo_routes_parts& all, service which) {
    return which == service::chat ? all.chat : all.customer;
}

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

void plant(const demo_routes_parts& with, const http::request& r, http::exchange x) {
    const auto fields = fields_of(r, x, read_planted_user);
    if (!fields) return;
    const auto later = std::make_shared<http::exchange>(std::move(x));
    auto task = [&users = service_of(with, fields->where).users, user_id = fields->user_id, later] {
        try {
            users.change([&](sqlite3* db) { return plant_member(db, user_id), true; });
            later->respond({.status = 204});
        } catch (const database_error& e) {
            later->refuse(problem_of({refusal::reason::unavailable, e.what()}));
        }
    };
    if (!with.workers.post(std::move(task))) {
        later->refuse(problem_of(
            {refusal::reason::overloaded, "too many requests are waiting: try again in a moment"}));
    }
}

void set_fault(const demo_routes_parts& with, const http::request& r, http::exchange x) {
    const auto fields = fields_of(r, x, read_fault);
    if (!fields) return;
    service_of(with, fields->where).faults.set({std::chrono::milliseconds(fields->delay_ms), fields->deaf});
    x.respond({.status = 204});
}

} // namespace

void add_demo_routes(http::server& server, const demo_routes_parts& with) {
    server.route("POST", "/demo/users",
                 [with](const http::request& r, http::exchange x) { plant(with, r, std::move(x)); });
    server.route("POST", "/demo/faults",
                 [with](const http::request& r, http::exchange x) { set_fault(with, r, std::move(x)); });
}

} // namespace signup
