#include "web/problems.hpp"

namespace signup {

using sagaflow::http::problem;

namespace {

problem later(const char* type, const char* title, const std::string& detail) {
    return {.status = 503, .type = type, .title = title, .detail = detail, .headers = {{"Retry-After", "1"}}};
}

} // namespace

problem problem_of(const refusal& why) {
    using enum refusal::reason;
    switch (why.why) {
        case user_exists:
            return {.status = 409, .type = "user-exists", .title = "same user exists", .detail = why.detail};
        case other_fields:
            return {
                .status = 409, .type = "sign-up-running", .title = "same user exists", .detail = why.detail};
        case being_added:
            return {.status = 409,
                    .type = "sign-up-running",
                    .title = "a sign-up is running",
                    .detail = why.detail};
        case being_removed:
            return {.status = 409,
                    .type = "removal-running",
                    .title = "a removal is running",
                    .detail = why.detail};
        case unknown_user:
            return {.status = 404, .type = "unknown-user", .title = "no such user", .detail = why.detail};
        case overloaded:
            return later("overloaded", "too much to do", why.detail);
        case unavailable:
            break;
    }
    return later("unavailable", "not now", why.detail);
}

problem unknown_user(const std::string& user_id) {
    return problem_of({refusal::reason::unknown_user, "nothing is known of " + user_id});
}

} // namespace signup
