// The requests table: what each user asked for last. A request is stored before its saga is started, so that
// a crash between the two loses nothing and a repeated start is the same start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace signup {

enum class request_kind : std::uint8_t { sign_up, removal };

enum class request_state : std::uint8_t {
    accepted, // stored; whether its saga was started, only the engine knows
    running,  // its saga's first step has come
    ended     // its saga has ended, and what it ended with is here
};

struct request {
    std::string user_id;
    std::string request_id; // the saga's id
    std::string saga_type;
    request_kind kind = request_kind::sign_up;
    request_state state = request_state::accepted;
    std::string user_name;
    std::string email;
    std::string password_hash; // of a sign-up that has not ended
    std::string status = {};   // of one that has; may be empty
    std::uint64_t last_event = 0;
};

std::optional<request> find_request(sqlite3* db, const std::string& user_id);

// Replaces the user's request of before.
void put_request(sqlite3* db, const request& r);

void mark_running(sqlite3* db, const std::string& request_id);

// Takes back a request whose saga was refused.
void forget_accepted(sqlite3* db, const std::string& request_id);

// Keeps what the request ended with. `at` is in seconds since 1970.
void record_end(sqlite3* db, const request& r, std::int64_t at);

// In the order of user ids, from behind `after`.
std::vector<request> open_requests(sqlite3* db, const std::string& after, int limit);

// Forgets requests that ended before that time and left no user.
void purge_requests(sqlite3* db, std::int64_t before, int limit);

} // namespace signup
