// Says of most ids that were never seen that they were not, from about 1.5 bytes an id, without a look at the
// disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sagaflow::sqlite {

// A blocked Bloom filter that grows by segments; 1 to 2 % of its answers for unknown ids are a needless
// "maybe".
class id_filter {
  public:
    void add(std::uint64_t hash);
    bool may_contain(std::uint64_t hash) const noexcept;
    std::size_t added() const noexcept { return added_; }
    void clear();

  private:
    struct part {
        std::vector<std::uint64_t> words; // blocks of one cache line
        std::size_t room = 0;
    };
    std::vector<part> segments_;
    std::size_t added_ = 0;
};

} // namespace sagaflow::sqlite
