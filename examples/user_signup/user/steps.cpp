#include "user/steps.hpp"

#include "saga/contract.hpp"
#include "user/requests.hpp"
#include "user/users.hpp"

#include <sagaflow/participant.hpp>
#include <sagaflow/sqlite.hpp>

namespace signup {

namespace {

using sagaflow::nothing;
using sagaflow::outcome;
using sagaflow::reject;
using sagaflow::sqlite::transaction;

outcome<nothing> insert(sqlite3* db, const subject& whom, const char* state) {
    const auto asked = find_request(db, whom.user_id);
    if (!asked || asked->request_id != whom.request_id) return reject("unknown-request");
    if (exists(find_user(db, whom.user_id))) return reject("duplicate-user");
    insert_user(db, *asked, state);
    mark_running(db, whom.request_id);
    return nothing{};
}

outcome<nothing> move(sqlite3* db, const subject& whom, const char* from, const char* to) {
    if (!move_user(db, whom.user_id, from, to)) return reject("unknown-user");
    mark_running(db, whom.request_id);
    return nothing{};
}

} // namespace

void serve_user_steps(sagaflow::participant& service) {
    service.handle<user::reserve>(
        [](const user::reserve& c, transaction& tx) { return insert(tx.connection(), c, "pending"); });
    service.handle<user::release>([](const user::release& c, transaction& tx) {
        const auto there = find_user(tx.connection(), c.user_id); // it may be a later request's by now
        if (there && there->request_id == c.request_id) delete_user(tx.connection(), c.user_id, "pending");
        return nothing{};
    });
    service.handle<user::activate>([](const user::activate& c, transaction& tx) {
        return move(tx.connection(), c, "pending", "active");
    });
    service.handle<user::create>(
        [](const user::create& c, transaction& tx) { return insert(tx.connection(), c, "active"); });
    service.handle<user::deactivate>([](const user::deactivate& c, transaction& tx) {
        return move(tx.connection(), c, "active", "leaving");
    });
    service.handle<user::reactivate>([](const user::reactivate& c, transaction& tx) {
        move_user(tx.connection(), c.user_id, "leaving", "active");
        return nothing{};
    });
    service.handle<user::erase>([](const user::erase& c, transaction& tx) {
        delete_user(tx.connection(), c.user_id, "leaving");
        return nothing{};
    });
}

} // namespace signup
