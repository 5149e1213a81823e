// Who owns an address alone (subscription::sole_owner), among all who are connected to the broker: whoever
// has its exclusive queue. A second queue holds the owner's name, for those who are refused.
#pragma once

#include "topology.hpp"

#include <string>

namespace sagaflow::amqp {

// The same owner has it by another connection, which is not gone yet, say after a crash.
struct still_held : std::runtime_error {
    using runtime_error::runtime_error;
};

// Takes the lock; it is this connection's until it is released or the connection ends.
// Throws error(in_use) naming the owner if that is another one, and still_held.
void own(questions& ask, const std::string& address, const std::string& owner);
void disown(questions& ask, const std::string& address);
// Throws error(in_use) if somebody else owns the address.
void check_unowned(questions& ask, const std::string& address);

} // namespace sagaflow::amqp
