// Deliveries that the shard has taken and not yet acknowledged: which token is which transport's.
// The shard's thread only.
#pragma once

#include "core/effects.hpp"

#include <sagaflow/transport.hpp>

#include <atomic>
#include <memory>
#include <span>
#include <vector>

namespace sagaflow::runtime {

class settlements {
  public:
    core::token add(std::uint64_t tag, const std::shared_ptr<settler>& from);
    // Tells each transport in one call.
    void acknowledge(std::span<const core::token> tokens);

    // Any thread.
    std::size_t size() const noexcept { return count_.load(std::memory_order_relaxed); }

  private:
    struct consumer {
        std::shared_ptr<settler> from;
        std::size_t unsettled = 0;       // 0: the place is free
        std::vector<std::uint64_t> tags; // to be acknowledged now
    };
    struct entry {
        std::uint64_t tag = 0;
        std::uint32_t consumer = 0;
    };

    std::uint32_t place_of(const std::shared_ptr<settler>& from);

    std::vector<consumer> consumers_; // few: one for each transport
    std::vector<entry> entries_;
    std::vector<std::uint32_t> free_;
    std::atomic<std::size_t> count_ = 0;
};

} // namespace sagaflow::runtime
