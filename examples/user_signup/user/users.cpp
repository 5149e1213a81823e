#include "user/users.hpp"

#include "base/database.hpp"
#include "user/requests.hpp"

namespace signup {

std::optional<user_row> find_user(sqlite3* db, const std::string& user_id) {
    statement s(db, "SELECT user_id, request_id, user_name, email, state FROM users WHERE user_id = ?",
                user_id);
    if (!s.step()) return std::nullopt;
    return user_row{s.text(0), s.text(1), s.text(2), s.text(3), s.text(4)};
}

bool exists(const std::optional<user_row>& user) {
    return user && user->state != "pending";
}

void insert_user(sqlite3* db, const request& sign_up, const std::string& state) {
    execute(db,
            "INSERT OR REPLACE INTO users (user_id, request_id, user_name, email, password_hash, state)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            sign_up.user_id, sign_up.request_id, sign_up.user_name, sign_up.email, sign_up.password_hash,
            state);
}

bool move_user(sqlite3* db, const std::string& user_id, const std::string& from, const std::string& to) {
    return execute(db, "UPDATE users SET state = ? WHERE user_id = ? AND state IN (?, ?)", to, user_id, from,
                   to) > 0;
}

void delete_user(sqlite3* db, const std::string& user_id, const std::string& state) {
    execute(db, "DELETE FROM users WHERE user_id = ? AND state = ?", user_id, state);
}

} // namespace signup
