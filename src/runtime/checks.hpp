// What is refused before the shard hears of it, and options that can't work.
#pragma once

#include <sagaflow/engine.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sagaflow::runtime {

// 1 to 128 bytes of UTF-8 without control characters.
std::optional<failure> check_saga_id(std::string_view id);

// Throws error(invalid_argument).
void check(const engine_options& options);

} // namespace sagaflow::runtime
