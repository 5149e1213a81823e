#include "id_index.hpp"

#include <algorithm>
#include <limits>
#include <mutex>

namespace sagaflow::sqlite {

namespace {

constexpr std::size_t default_recent_limit = 64 * 1024;
constexpr std::size_t smallest_slice = 16;
constexpr int filter_slice = 2'048; // hashes read per transaction until the filter knows all
constexpr std::size_t filter_rest = 128 * 1024;

constexpr auto lowest = std::numeric_limits<std::int64_t>::min();

} // namespace

std::int64_t hash_of_id(std::string_view id) noexcept {
    std::uint64_t h = 0xcbf29ce484222325ULL;
    for (const char c : id) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdULL;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return static_cast<std::int64_t>(h ^ (h >> 33));
}

id_index::id_index(connection& writer)
    : db_(writer),
      insert_(db_, "INSERT OR IGNORE INTO saga_ids (hash, birth) VALUES (?1, ?2)"),
      delete_(db_, "DELETE FROM saga_ids WHERE hash = ?1 AND birth = ?2"),
      mark_(db_, "UPDATE store SET indexed_up_to = ?1"),
      scan_(db_, "SELECT hash FROM saga_ids WHERE hash > ?1 ORDER BY hash LIMIT ?2"),
      filtered_up_to_(lowest),
      recent_limit_(default_recent_limit) {
    for (const auto* table : {"open_sagas", "finished_sagas"}) {
        const auto sql = "SELECT birth, id FROM " + std::string(table) +
                         " WHERE birth > (SELECT indexed_up_to FROM store) ORDER BY birth";
        statement rows(db_, sql);
        while (rows.step()) {
            const id_entry entry{.hash = hash_of_id(rows.text(1)), .birth = rows.number(0)};
            recent_.insert(entry);
            filter_.add(static_cast<std::uint64_t>(entry.hash));
        }
    }
}

id_index::candidates id_index::find(std::int64_t hash) const {
    candidates found;
    const std::shared_lock lock(mutex_);
    const bool filtered = filter_complete_ || hash <= filtered_up_to_;
    if (filtered && !filter_.may_contain(static_cast<std::uint64_t>(hash))) return found;
    recent_.find(hash, found.births);
    const auto by_hash = [](const id_entry& entry, std::int64_t wanted) { return entry.hash < wanted; };
    for (auto i = std::lower_bound(leaving_.begin(), leaving_.end(), hash, by_hash);
         i != leaving_.end() && i->hash == hash; ++i)
        if (i->birth != 0) found.births.push_back(i->birth);
    found.look_on_disk = true;
    return found;
}

void id_index::write_some(std::size_t started) {
    if (leaving_.empty() && recent_.size() >= recent_limit_) {
        const std::unique_lock lock(mutex_);
        leaving_ = recent_.take_sorted();
        written_ = 0;
    }
    if (!leaving_.empty()) write_slice(smallest_slice + 2 * started);
    if (!filter_complete_) warm_filter();
}

void id_index::write_slice(std::size_t entries) {
    writing_ = written_;
    for (; entries > 0 && writing_ < leaving_.size(); --entries, ++writing_) {
        const auto& entry = leaving_[writing_];
        if (entry.birth == 0) continue;
        insert_.bind(1, entry.hash).bind(2, entry.birth).run();
    }
    if (writing_ < leaving_.size()) return;
    std::uint64_t newest = 0;
    for (const auto& entry : leaving_) newest = std::max(newest, entry.birth);
    if (newest != 0) mark_.bind(1, newest).run();
}

void id_index::warm_filter() {
    std::vector<std::int64_t> hashes;
    {
        const resetting scope(scan_);
        scan_.bind(1, filtered_up_to_).bind(2, filter_slice);
        while (scan_.step()) hashes.push_back(scan_.integer(0));
    }
    const std::unique_lock lock(mutex_);
    for (const auto hash : hashes) filter_.add(static_cast<std::uint64_t>(hash));
    if (!hashes.empty()) filtered_up_to_ = hashes.back();
    filter_complete_ = hashes.size() < static_cast<std::size_t>(filter_slice);
}

void id_index::add(const id_entry& entry) {
    added_.push_back(entry);
    const std::unique_lock lock(mutex_);
    recent_.insert(entry);
    filter_.add(static_cast<std::uint64_t>(entry.hash));
}

void id_index::remove(const id_entry& entry) {
    delete_.bind(1, entry.hash).bind(2, entry.birth).run();
    removed_.push_back(entry);
}

void id_index::committed() {
    added_.clear();
    if (removed_.empty() && writing_ == written_) return;
    const std::unique_lock lock(mutex_);
    for (const auto& entry : removed_) {
        recent_.erase(entry);
        const auto i = std::lower_bound(leaving_.begin(), leaving_.end(), entry);
        if (i != leaving_.end() && *i == entry) i->birth = 0;
    }
    removed_since_filtered_ += removed_.size();
    removed_.clear();
    written_ = writing_;
    if (written_ == leaving_.size()) {
        leaving_ = {};
        written_ = writing_ = 0;
    }
    if (removed_since_filtered_ > std::max(filter_rest, filter_.added() / 2)) restart_filter();
}

void id_index::rolled_back() {
    const std::unique_lock lock(mutex_);
    for (const auto& entry : added_) recent_.erase(entry);
    added_.clear();
    removed_.clear();
    writing_ = written_;
}

// A filter forgets nothing: after many purges it is made anew, as it is after a start.
void id_index::restart_filter() {
    filter_.clear();
    for (const auto& entry : leaving_) filter_.add(static_cast<std::uint64_t>(entry.hash));
    for (const auto& entry : recent_.all())
        if (entry.birth != 0) filter_.add(static_cast<std::uint64_t>(entry.hash));
    filtered_up_to_ = lowest;
    filter_complete_ = false;
    removed_since_filtered_ = 0;
}

} // namespace sagaflow::sqlite
