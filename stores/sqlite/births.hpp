// The list of births in a row of finished_batches: a JSON array of numbers, as in [17,23].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::sqlite {

std::string to_json(const std::vector<std::uint64_t>& births);
std::vector<std::uint64_t> births_from_json(std::string_view json); // what is no number is passed over

} // namespace sagaflow::sqlite
