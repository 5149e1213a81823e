// The text of a member of a JSON object, as it stands: a user's numbers keep all their digits.
#pragma once

#include <optional>
#include <string_view>

namespace sagaflow::core {

// `object` is valid JSON; `name` needs no escapes. Of members with the same name it is the last.
std::optional<std::string_view> raw_member(std::string_view object, std::string_view name);

} // namespace sagaflow::core
