// Dead letters: what nobody can read or handles, at an address of its own (B7).
#pragma once

#include <sagaflow/log.hpp>
#include <sagaflow/transport.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sagaflow::runtime {

std::string dead_address(const std::string& address);

// Takes what is no reply, or can't be read, out of `content`, publishes them with the reason, and settles
// them once that is accepted. Any thread.
void bury_unreadable(std::vector<delivery>& content, const std::shared_ptr<settler>& from,
                     const std::weak_ptr<transport>& carrier, const std::shared_ptr<log_sink>& log);

} // namespace sagaflow::runtime
