// The body of a rejection: {"reason":"duplicate-user"}. That of an unknown outcome may have a reason, too.
#pragma once

#include <string>
#include <string_view>

namespace sagaflow::core {

std::string write_rejection(std::string_view reason);

// "rejected" if the body does not say why. Never throws; a long reason is cut.
std::string read_rejection(std::string_view body);
// The same, with other words where there is no reason.
std::string read_reason(std::string_view body, std::string_view otherwise);

} // namespace sagaflow::core
