// The body of a rejection: {"reason":"duplicate-user"}.
#pragma once

#include <string>
#include <string_view>

namespace sagaflow::core {

std::string write_rejection(std::string_view reason);

// "rejected" if the body does not say why. Never throws; a long reason is cut.
std::string read_rejection(std::string_view body);

} // namespace sagaflow::core
