// The fields that bodies hold: what is expected of each, and what is wrong with them.
#pragma once

#include "user/requester.hpp"
#include "web/body.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace signup {

// 1 to 64 of [A-Za-z0-9._-].
bool is_user_id(std::string_view text);

// {"userId","userPw","email","userName"}
std::variant<sign_up_fields, field_errors> read_sign_up(const boost::json::object& body);

enum class service : std::uint8_t { chat, customer };

// {"service":"chat"|"customer","userId"}
struct planted_user {
    service where = service::chat;
    std::string user_id;
};
std::variant<planted_user, field_errors> read_planted_user(const boost::json::object& body);

// {"service":"chat"|"customer","delayMs":N,"deaf":true|false}; without delayMs or deaf: not slow, not deaf.
struct wanted_fault {
    service where = service::chat;
    std::int64_t delay_ms = 0;
    bool deaf = false;
};
std::variant<wanted_fault, field_errors> read_fault(const boost::json::object& body);

} // namespace signup
