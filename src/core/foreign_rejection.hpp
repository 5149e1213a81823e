// Rejections of services that know nothing of sagaflow: they stand in the reply's body, where its route says.
#pragma once

#include <sagaflow/engine.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sagaflow::core {

// By command type.
using foreign_rejections = std::map<std::string, rejection_in_body, std::less<>>;

// The reason, if the body of a reply to a command of that type is a rejection. Never throws.
std::optional<std::string> foreign_rejection(const foreign_rejections& rules, const std::string& command_type,
                                             std::string_view body);

// RFC 6901: empty, or parts that begin with '/', with '~' only as ~0 and ~1.
bool is_json_pointer(std::string_view text);

} // namespace sagaflow::core
