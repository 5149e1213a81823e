// A message as one block of bytes: what is kept of a delivery until it is settled costs one allocation.
#pragma once

#include <sagaflow/message.hpp>

#include <string>

namespace sagaflow::transports {

std::string pack(const message& m);
message unpack(const std::string& bytes);

} // namespace sagaflow::transports
