#include "web/user_routes.hpp"

#include "base/database.hpp"
#include "base/gate.hpp"
#include "base/worker_pool.hpp"
#include "user/requester.hpp"
#include "web/body.hpp"
#include "web/fields.hpp"
#include "web/problems.hpp"

#include <sagaflow/http_saga.hpp>

#include <memory>
#include <utility>

namespace signup {

namespace {

namespace http = sagaflow::http;
using shared_exchange = std::shared_ptr<http::exchange>;

constexpr std::string_view event_stream_type = "text/event-stream";

// "." and ".." would be taken for folders.
std::string path_of(const std::string& user_id) {
    std::string segment = user_id;
    if (segment == "." || segment == "..") segment = segment.size() == 1 ? "%2E" : "%2E%2E";
    return "/user/" + segment;
}

class user_routes : public std::enable_shared_from_this<user_routes> {
  public:
    user_routes(const user_routes_parts& with, const http::stream_options& stream)
        : with_(with), streams_(with.engine, stream), stream_(stream) {}

    void post(const http::request& r, http::exchange x);
    void remove(const http::request& r, http::exchange x);
    void events(const http::request& r, http::exchange x);
    void status(const http::request& r, http::exchange x);

  private:
    // What is kept of a request whose answer comes later.
    struct asked {
        http::request how; // without its body
        std::string user_id;
        shared_exchange x;
    };

    request_handler answer_to(const asked& a);
    void answer(const asked& a, const requested& outcome);
    void send_events(const asked& a);
    void send_status(const asked& a);
    void send_events_of_ended(const asked& a, const request& ended);
    void stream(const asked& a, const std::string& saga_id);

    // Runs work where waiting is allowed.
    template <class Work>
    void later(const asked& a, Work work);

    user_routes_parts with_;
    http::saga_streams streams_;
    http::stream_options stream_;
};

template <class Work>
void user_routes::later(const asked& a, Work work) {
    auto task = [self = shared_from_this(), a, work] {
        try {
            work(*self, a);
        } catch (const std::exception& e) {
            if (!a.x->answered()) a.x->refuse(problem_of({refusal::reason::unavailable, e.what()}));
        }
    };
    if (!with_.workers.post(std::move(task))) {
        a.x->refuse(problem_of(
            {refusal::reason::overloaded, "too many requests are waiting: try again in a moment"}));
    }
}

void user_routes::post(const http::request& r, http::exchange x) {
    auto body = read_body(r);
    if (const auto* wrong = std::get_if<http::problem>(&body)) return x.refuse(*wrong);
    auto fields = read_sign_up(std::get<boost::json::object>(body));
    if (auto* wrong = std::get_if<field_errors>(&fields)) return x.refuse(invalid_body(std::move(*wrong)));
    auto& f = std::get<sign_up_fields>(fields);
    http::request how = r;
    how.body.clear(); // it holds the password
    const asked a{std::move(how), f.user_id, std::make_shared<http::exchange>(std::move(x))};
    with_.requests.sign_up(std::move(f), answer_to(a));
}

void user_routes::remove(const http::request& r, http::exchange x) {
    const asked a{r, std::string(r.param("userId")), std::make_shared<http::exchange>(std::move(x))};
    with_.requests.remove(a.user_id, answer_to(a));
}

request_handler user_routes::answer_to(const asked& a) {
    return [self = shared_from_this(), a](const requested& outcome) { self->answer(a, outcome); };
}

void user_routes::answer(const asked& a, const requested& outcome) {
    if (const auto* why = std::get_if<refusal>(&outcome)) return a.x->refuse(problem_of(*why));
    const auto& saga_id = std::get<std::string>(outcome);
    if (a.how.accepts(event_stream_type)) return stream(a, saga_id);
    const auto path = path_of(a.user_id);
    a.x->respond({.status = 202,
                  .content_type = "application/json",
                  .body = R"({"status":")" + path + R"(/status","events":")" + path + R"(/events"})",
                  .headers = {{"Location", path + "/status"}}});
}

void user_routes::events(const http::request& r, http::exchange x) {
    const asked a{r, std::string(r.param("userId")), std::make_shared<http::exchange>(std::move(x))};
    later(a, [](user_routes& self, const asked& same) { self.send_events(same); });
}

void user_routes::send_events(const asked& a) {
    const auto newest = with_.users.read([&](sqlite3* db) { return find_request(db, a.user_id); });
    if (!newest) return a.x->refuse(unknown_user(a.user_id));
    if (newest->state == request_state::ended) {
        const auto found = with_.engine.find(newest->request_id);
        if (!found && found.error().code != sagaflow::errc::not_found)
            return a.x->refuse(problem_of({refusal::reason::unavailable, found.error().message}));
        if (!found) return send_events_of_ended(a, *newest);
    }
    stream(a, newest->request_id);
}

// Its saga was purged: of its events the last is left.
void user_routes::send_events_of_ended(const asked& a, const request& ended) {
    if (ended.status.empty()) return a.x->refuse(unknown_user(a.user_id));
    if (http::last_event_id(a.how, ended.last_event) == ended.last_event)
        return a.x->respond({.status = 204});
    auto stream = a.x->stream(stream_);
    stream.send(http::sse_event(ended.last_event, ended.status));
    stream.end();
}

void user_routes::stream(const asked& a, const std::string& saga_id) {
    with_.running.pass([self = shared_from_this(), a, saga_id] {
        self->streams_.follow(std::move(*a.x), saga_id, http::last_event_id(a.how));
    });
}

void user_routes::status(const http::request& r, http::exchange x) {
    const asked a{r, std::string(r.param("userId")), std::make_shared<http::exchange>(std::move(x))};
    later(a, [](user_routes& self, const asked& same) { self.send_status(same); });
}

void user_routes::send_status(const asked& a) {
    const auto newest = with_.users.read([&](sqlite3* db) { return find_request(db, a.user_id); });
    if (!newest) return a.x->refuse(unknown_user(a.user_id));
    const auto saga = with_.engine.find(newest->request_id);
    if (!saga && saga.error().code != sagaflow::errc::not_found) {
        return a.x->refuse(problem_of({refusal::reason::unavailable, saga.error().message}));
    }
    const auto& document = saga ? saga->status : newest->status;
    if (document.empty()) return a.x->refuse(unknown_user(a.user_id));
    a.x->respond({.status = 200,
                  .content_type = "application/json",
                  .body = document,
                  .headers = {{"Cache-Control", "no-store"}}});
}

} // namespace

void add_user_routes(http::server& server, const user_routes_parts& with,
                     const http::stream_options& stream) {
    const auto routes = std::make_shared<user_routes>(with, stream);
    const auto add = [&](std::string_view method, std::string_view pattern, auto member) {
        server.route(method, pattern, [routes, member](const http::request& r, http::exchange x) {
            ((*routes).*member)(r, std::move(x));
        });
    };
    add("POST", "/user", &user_routes::post);
    add("DELETE", "/user/{userId}", &user_routes::remove);
    add("GET", "/user/{userId}/events", &user_routes::events);
    add("GET", "/user/{userId}/status", &user_routes::status);
}

} // namespace signup
