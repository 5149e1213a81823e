// The exact timers of hot sagas: a binary heap whose entries know their place, so that moving one costs O(log
// n).
#pragma once

#include "core/hot_saga.hpp"

#include <optional>
#include <vector>

namespace sagaflow::core {

class timer_heap {
  public:
    // Sets, moves or (none) removes the saga's timer.
    void set(hot_saga& saga, std::optional<time_point> due);

    std::optional<time_point> earliest() const;
    // The saga whose timer is due at `now`, removed from the heap; null: none is.
    hot_saga* pop_due(time_point now);

  private:
    struct entry {
        time_point due;
        hot_saga* saga;
    };
    void place(std::size_t at, entry e);
    void sift_up(std::size_t at, entry e);
    void sift_down(std::size_t at, entry e);
    void erase(std::size_t at);
    std::vector<entry> entries_;
};

} // namespace sagaflow::core
