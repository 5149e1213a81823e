// A command's id (R3): "<saga>~<birth>/<step>/action" or "…/compensation"; from the second on with "/n".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagaflow::core {

struct command_id {
    std::string_view saga; // parse() points into its argument
    std::uint64_t birth = 0;
    std::string_view step;
    bool compensation = false;
    std::uint32_t number = 1;
};

std::string format(const command_id& id);

// Reads from the right, because a saga's id may hold '/' and '~'. None if it is not a command id.
std::optional<command_id> parse_command_id(std::string_view text);

// What action and compensation have in common: "<saga>~<birth>/<step>". The barrier's key
// (inbox_key::command).
std::string_view common_part(std::string_view text, const command_id& parsed);

} // namespace sagaflow::core
