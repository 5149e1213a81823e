#include "copy/members.hpp"

#include "base/database.hpp"

#include <sagaflow/participant.hpp>
#include <sagaflow/sqlite.hpp>

namespace signup {

namespace {

using sagaflow::nothing;
using sagaflow::sqlite::transaction;

template <class Add, class TakeBack, class Remove, class PutBack>
void serve(sagaflow::participant& service) {
    service.handle<Add>([](const Add& c, transaction& tx) -> sagaflow::outcome<nothing> {
        if (!add_member(tx.connection(), c)) return sagaflow::reject("duplicate-user");
        return nothing{};
    });
    service.handle<TakeBack>([](const TakeBack& c, transaction& tx) {
        execute(tx.connection(), "DELETE FROM users WHERE user_id = ? AND request_id = ?", c.user_id,
                c.request_id);
        return nothing{};
    });
    service.handle<Remove>([](const Remove& c, transaction& tx) {
        execute(tx.connection(), "DELETE FROM users WHERE user_id = ?", c.user_id);
        return nothing{};
    });
    service.handle<PutBack>([](const PutBack& c, transaction& tx) {
        add_member(tx.connection(), c);
        return nothing{};
    });
}

} // namespace

bool add_member(sqlite3* db, const profile& who) {
    return execute(db,
                   "INSERT OR IGNORE INTO users (user_id, request_id, user_name, email) VALUES (?, ?, ?, ?)",
                   who.user_id, who.request_id, who.user_name, who.email) > 0;
}

void plant_member(sqlite3* db, const std::string& user_id) {
    execute(db, "INSERT OR IGNORE INTO users (user_id, user_name, email) VALUES (?, 'Put here by hand', '')",
            user_id);
}

void serve_chat(sagaflow::participant& service) {
    serve<chat::add, chat::take_back, chat::remove, chat::put_back>(service);
}

void serve_customer(sagaflow::participant& service) {
    serve<customer::add, customer::take_back, customer::remove, customer::put_back>(service);
}

} // namespace signup
