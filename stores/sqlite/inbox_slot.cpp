#include "inbox_slot.hpp"

#include "id_index.hpp"

#include <charconv>

namespace sagaflow::sqlite {

std::int64_t slot_of(std::string_view command) noexcept {
    const auto mark = command.rfind('~');
    if (mark != std::string_view::npos) {
        std::int64_t birth = 0;
        const auto* end = command.data() + command.size();
        const auto [after, failed] = std::from_chars(command.data() + mark + 1, end, birth);
        if (failed == std::errc{} && after != end && *after == '/' && birth > 0) return birth;
    }
    return hash_of_id(command);
}

} // namespace sagaflow::sqlite
