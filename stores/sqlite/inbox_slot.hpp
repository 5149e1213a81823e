// Where a command stands in the index of the inbox: a number that rises with time, so that what comes goes to
// few pages.
#pragma once

#include <cstdint>
#include <string_view>

namespace sagaflow::sqlite {

// Part of the table's format: never change it. The birth in "<saga>~<birth>/<step>" (births rise); of a
// command of another shape, a hash. Different commands may share a slot.
std::int64_t slot_of(std::string_view command) noexcept;

} // namespace sagaflow::sqlite
