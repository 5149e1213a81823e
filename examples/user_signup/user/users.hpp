// The users table.
#pragma once

#include <optional>
#include <string>

struct sqlite3;

namespace signup {

struct request;

struct user_row {
    std::string user_id;
    std::string request_id;
    std::string user_name;
    std::string email;
    std::string state; // pending: not yet to be used; active; leaving: no longer to be used
};

std::optional<user_row> find_user(sqlite3* db, const std::string& user_id);

// Whether that user may be used, or will be again if its removal fails.
bool exists(const std::optional<user_row>& user);

// Inserts the user of that sign-up; replaces one left pending by a sign-up that an operator abandoned.
void insert_user(sqlite3* db, const request& sign_up, const std::string& state);

// False: there is no such user in one of the two states.
bool move_user(sqlite3* db, const std::string& user_id, const std::string& from, const std::string& to);

void delete_user(sqlite3* db, const std::string& user_id, const std::string& state);

} // namespace signup
