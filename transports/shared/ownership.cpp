#include "ownership.hpp"

#include <sagaflow/error.hpp>

namespace sagaflow::transports {

std::string belongs_to(const std::string& owner, const std::string& address) {
    return "the address '" + address + "' belongs to " + owner +
           ": stop that one first, or use another address";
}

void check_ownership(std::vector<subscription>& owners, const subscription& newcomer) {
    std::erase_if(owners, [](const subscription& s) { return s.stop.stop_requested(); });
    for (const auto& s : owners) {
        if (s.sole_owner == newcomer.sole_owner) continue;
        throw error(errc::in_use, belongs_to(s.sole_owner, newcomer.address));
    }
    if (!newcomer.sole_owner.empty()) owners.push_back(newcomer);
}

} // namespace sagaflow::transports
