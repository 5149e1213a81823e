// A service's own copy of the users. Chat and customer are the same code with a database each.
#pragma once

#include "saga/contract.hpp"

#include <string>

namespace sagaflow {
class participant;
}
struct sqlite3;

namespace signup {

inline constexpr const char* members_schema = R"(
CREATE TABLE IF NOT EXISTS users (
    user_id    TEXT PRIMARY KEY,
    request_id TEXT, -- of the sign-up that added it; null: it was put here by hand
    user_name  TEXT NOT NULL,
    email      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)";

// False: there is one of that id already; nothing was changed.
bool add_member(sqlite3* db, const profile& who);

// Puts a user there that no sign-up made; one that is there stays as it is.
void plant_member(sqlite3* db, const std::string& user_id);

// Handle the commands of chat and of customer. The participant's inbox must be the service's database.
void serve_chat(sagaflow::participant& service);
void serve_customer(sagaflow::participant& service);

} // namespace signup
