// Who consumes an address alone (subscription::sole_owner), as far as one connection knows.
#pragma once

#include <sagaflow/transport.hpp>

#include <string>
#include <vector>

namespace sagaflow::transports {

// What is told to whoever is not the owner.
std::string belongs_to(const std::string& owner, const std::string& address);

// `owners`: the consumers of the newcomer's address that own it, of which those that were told to stop count
// no more. Adds the newcomer if it is one. Throws error(in_use) naming the owner if that is another.
void check_ownership(std::vector<subscription>& owners, const subscription& newcomer);

} // namespace sagaflow::transports
