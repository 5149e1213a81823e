// The three sagas. All are hosted always: a configuration chooses the flow of new sign-ups only.
#pragma once

#include <sagaflow/json.hpp>
#include <sagaflow/saga.hpp>

#include <string>

namespace signup {

// What a saga remembers: the user, without the password.
struct account {
    std::string user_id;
    std::string request_id;
    std::string user_name;
    std::string email;
};
BOOST_DESCRIBE_STRUCT(account, (), (user_id, request_id, user_name, email))

// The definitions' names.
inline constexpr const char* compensating_sign_up_type = "user-signup-compensate";
inline constexpr const char* synchronising_sign_up_type = "user-signup-synchronise";
inline constexpr const char* removal_type = "user-removal";

// All or nothing: a rejection in chat or customer undoes the others.
sagaflow::saga<account> compensating_sign_up();

// The user service keeps the user; a rejection in chat or customer is reported.
sagaflow::saga<account> synchronising_sign_up();

// Out of all three services, or of none.
sagaflow::saga<account> removal();

} // namespace signup
