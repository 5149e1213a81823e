// The sagas in memory, by id and by how recently they were used.
#pragma once

#include "core/hot_saga.hpp"

#include <memory>
#include <string_view>
#include <unordered_map>

namespace sagaflow::core {

class hot_set {
  public:
    hot_saga* find(std::string_view id) const;
    // Precondition: its id is not in the set. `recently`: at the recent end of the order, else at the other.
    hot_saga& insert(std::unique_ptr<hot_saga> saga, bool recently);
    void erase(hot_saga& saga);
    void touch(hot_saga& saga); // it was used just now

    std::size_t size() const noexcept { return sagas_.size(); }
    hot_saga* least_recent() const noexcept { return oldest_; }
    auto begin() const { return sagas_.begin(); }
    auto end() const { return sagas_.end(); }

  private:
    void link_newest(hot_saga& saga);
    void link_oldest(hot_saga& saga);
    void unlink(hot_saga& saga);
    std::unordered_map<std::string_view, std::unique_ptr<hot_saga>> sagas_; // the keys are in the records
    hot_saga* newest_ = nullptr;
    hot_saga* oldest_ = nullptr;
};

} // namespace sagaflow::core
