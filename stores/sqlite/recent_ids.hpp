// The newest ids of a store, in memory: a flat table from an id's hash to its saga's birth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sagaflow::sqlite {

struct id_entry {
    std::int64_t hash = 0;
    std::uint64_t birth = 0;
    auto operator<=>(const id_entry&) const = default;
};

// Open addressing with linear probing; a hash may be there more than once. Births are not 0.
class recent_ids {
  public:
    void insert(const id_entry& entry);
    void erase(const id_entry& entry);                                      // no error if it is not there
    void find(std::int64_t hash, std::vector<std::uint64_t>& births) const; // appends
    std::size_t size() const noexcept { return size_; }
    const std::vector<id_entry>& all() const noexcept { return slots_; } // with gaps, whose birth is 0
    std::vector<id_entry> take_sorted();                                 // leaves it empty, its room kept

  private:
    std::size_t home(std::int64_t hash) const noexcept {
        return static_cast<std::uint64_t>(hash) & (slots_.size() - 1);
    }
    std::size_t after(std::size_t slot) const noexcept { return (slot + 1) & (slots_.size() - 1); }
    void grow();

    std::vector<id_entry> slots_ = std::vector<id_entry>(1024);
    std::size_t size_ = 0;
};

} // namespace sagaflow::sqlite
