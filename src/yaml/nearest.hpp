// "did you mean": the known name that a mistyped one is closest to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::config {

// Empty when none is close enough to be meant. Letter case does not count.
std::string nearest(std::string_view typed, const std::vector<std::string>& known);

// `; did you mean "http.port"?`, or nothing.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& known);

} // namespace sagaflow::config
