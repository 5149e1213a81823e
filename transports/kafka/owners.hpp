// Who consumes an address alone (subscription::sole_owner), among all processes: the members of its consumer
// groups say so by their names.
#pragma once

#include "client.hpp"

#include <sagaflow/transport.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace sagaflow::kafka {

struct owner_answer {
    bool known = false;                    // false: the brokers did not answer in time, because
    std::string why = {};                  // …
    std::optional<std::string> owner = {}; // somebody else owns the address
    bool goes_first = false;               // that one, of two that came at the same time
};

// Asks each broker of the cluster for the groups that it coordinates: not the coordinator of a group, since
// librdkafka ends the process when one answers that was given up. Blocks until the deadline at most.
owner_answer find_other_owner(client& by, const subscription& newcomer,
                              std::chrono::steady_clock::time_point deadline);

} // namespace sagaflow::kafka
