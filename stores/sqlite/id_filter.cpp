#include "id_filter.hpp"

#include <algorithm>
#include <array>

namespace sagaflow::sqlite {

namespace {

constexpr std::size_t smallest_segment = 64 * 1024; // ids
constexpr std::size_t bits_per_id = 10;
constexpr std::size_t block_words = 8;
constexpr std::size_t block_bits = block_words * 64;
constexpr int bits_set = 7;

std::size_t block_of(std::uint64_t hash, std::size_t blocks) noexcept {
    return static_cast<std::size_t>(((hash >> 32) * blocks) >> 32);
}

// Seven positions of nine bits each. The multiplication makes them differ from those that chose the block.
std::array<std::uint64_t, block_words> mask_of(std::uint64_t hash) noexcept {
    std::array<std::uint64_t, block_words> mask{};
    auto bits = hash * 0x9e3779b97f4a7c15ULL;
    for (int i = 0; i < bits_set; ++i, bits >>= 9) mask[(bits >> 6) & 7] |= 1ULL << (bits & 63);
    return mask;
}

} // namespace

void id_filter::add(std::uint64_t hash) {
    if (segments_.empty() || segments_.back().room == 0) {
        const auto room = std::max(smallest_segment, added_ / 2);
        const auto blocks = room * bits_per_id / block_bits + 1;
        segments_.push_back({.words = std::vector<std::uint64_t>(blocks * block_words), .room = room});
    }
    auto& segment = segments_.back();
    auto* block = &segment.words[block_of(hash, segment.words.size() / block_words) * block_words];
    const auto mask = mask_of(hash);
    for (std::size_t i = 0; i < block_words; ++i) block[i] |= mask[i];
    segment.room -= 1;
    added_ += 1;
}

bool id_filter::may_contain(std::uint64_t hash) const noexcept {
    const auto mask = mask_of(hash);
    return std::any_of(segments_.begin(), segments_.end(), [&](const part& s) {
        const auto* block = &s.words[block_of(hash, s.words.size() / block_words) * block_words];
        std::uint64_t missing = 0;
        for (std::size_t i = 0; i < block_words; ++i) missing |= mask[i] & ~block[i];
        return missing == 0;
    });
}

void id_filter::clear() {
    segments_.clear();
    added_ = 0;
}

} // namespace sagaflow::sqlite
