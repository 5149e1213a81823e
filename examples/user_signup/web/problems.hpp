// Refusals as clients get them.
#pragma once

#include "user/refusal.hpp"

#include <sagaflow/http_message.hpp>

#include <string>

namespace signup {

sagaflow::http::problem problem_of(const refusal& why);

sagaflow::http::problem unknown_user(const std::string& user_id);

} // namespace signup
