#include "user/requests.hpp"

#include "base/database.hpp"

namespace signup {

namespace {

constexpr const char* columns =
    "user_id, request_id, saga_type, kind, state, user_name, email, password_hash, status, last_event";

request_state state_from(const std::string& text) {
    if (text == "ended") return request_state::ended;
    return text == "running" ? request_state::running : request_state::accepted;
}

request read(const statement& s) {
    return {.user_id = s.text(0),
            .request_id = s.text(1),
            .saga_type = s.text(2),
            .kind = s.text(3) == "removal" ? request_kind::removal : request_kind::sign_up,
            .state = state_from(s.text(4)),
            .user_name = s.text(5),
            .email = s.text(6),
            .password_hash = s.text(7),
            .status = s.text(8),
            .last_event = static_cast<std::uint64_t>(s.integer(9))};
}

} // namespace

std::optional<request> find_request(sqlite3* db, const std::string& user_id) {
    statement s(db, std::string("SELECT ") + columns + " FROM requests WHERE user_id = ?", user_id);
    if (!s.step()) return std::nullopt;
    return read(s);
}

void put_request(sqlite3* db, const request& r) {
    execute(db,
            "INSERT OR REPLACE INTO requests"
            " (user_id, request_id, saga_type, kind, state, user_name, email, password_hash)"
            " VALUES (?, ?, ?, ?, 'accepted', ?, ?, ?)",
            r.user_id, r.request_id, r.saga_type, r.kind == request_kind::removal ? "removal" : "sign-up",
            r.user_name, r.email, r.password_hash);
}

void mark_running(sqlite3* db, const std::string& request_id) {
    execute(db, "UPDATE requests SET state = 'running' WHERE request_id = ?", request_id);
}

void forget_accepted(sqlite3* db, const std::string& request_id) {
    execute(db, "DELETE FROM requests WHERE request_id = ? AND state = 'accepted'", request_id);
}

void record_end(sqlite3* db, const request& r, std::int64_t at) {
    execute(
        db,
        "UPDATE requests SET state = 'ended', password_hash = NULL, status = ?, last_event = ?, ended_at = ?"
        " WHERE request_id = ?",
        r.status, static_cast<std::int64_t>(r.last_event), at, r.request_id);
}

std::vector<request> open_requests(sqlite3* db, const std::string& after, int limit) {
    statement s(db,
                std::string("SELECT ") + columns +
                    " FROM requests WHERE state <> 'ended' AND user_id > ? ORDER BY user_id LIMIT ?",
                after, std::int64_t{limit});
    std::vector<request> found;
    while (s.step()) found.push_back(read(s));
    return found;
}

void purge_requests(sqlite3* db, std::int64_t before, int limit) {
    execute(db,
            "DELETE FROM requests WHERE user_id IN (SELECT user_id FROM requests WHERE state = 'ended' AND "
            "ended_at < ?"
            " AND user_id NOT IN (SELECT user_id FROM users) LIMIT ?)",
            before, std::int64_t{limit});
}

} // namespace signup
