// A saga in memory: its record and where it stands in the shard's books.
#pragma once

#include "core/record.hpp"

#include <cstdint>
#include <memory>

namespace sagaflow::core {

struct hot_saga {
    static constexpr std::size_t no_timer = static_cast<std::size_t>(-1);

    saga_record record;
    std::shared_ptr<const plan> definition; // a placeholder while the version is not hosted
    bool hosted = true;
    bool dirty = false;             // changed since the last batch was made
    bool stored = false;            // some batch that was made holds it
    std::uint64_t last_batch = 0;   // the newest batch that was made with it
    std::uint32_t unaccepted = 0;   // publishes that the transport has not reported
    std::uint32_t waiting_mask = 0; // the transports in whose queue of unsent sagas it stands
    std::size_t timer_index = no_timer;
    hot_saga* newer = nullptr; // least-recently-used list
    hot_saga* older = nullptr;
};

} // namespace sagaflow::core
