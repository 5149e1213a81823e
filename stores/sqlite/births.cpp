#include "births.hpp"

#include <charconv>

namespace sagaflow::sqlite {

std::string to_json(const std::vector<std::uint64_t>& births) {
    std::string json = "[";
    for (const auto birth : births) {
        if (json.size() > 1) json += ',';
        json += std::to_string(birth);
    }
    return json + "]";
}

std::vector<std::uint64_t> births_from_json(std::string_view json) {
    std::vector<std::uint64_t> births;
    for (const auto* at = json.data(); at != json.data() + json.size();) {
        std::uint64_t birth = 0;
        const auto [end, failed] = std::from_chars(at, json.data() + json.size(), birth);
        if (failed == std::errc{}) births.push_back(birth);
        at = end == at ? at + 1 : end;
    }
    return births;
}

} // namespace sagaflow::sqlite
