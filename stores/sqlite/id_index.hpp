// Which births an id may have. The ids of sagas are random: an index that took each at once would dirty a
// page of its own for every start. So the newest are kept in memory, where they can be found again by their
// sagas' rows, and go to the index on the disk (saga_ids) later, many at a time and in its order, so that
// each page takes several of them.
#pragma once

#include "connection.hpp"
#include "id_filter.hpp"
#include "recent_ids.hpp"

#include <cstdint>
#include <shared_mutex>
#include <string_view>
#include <vector>

namespace sagaflow::sqlite {

// Part of the file's format: never change it.
std::int64_t hash_of_id(std::string_view id) noexcept;

class id_index {
  public:
    // From the rows of sagas that the index on the disk does not cover yet.
    explicit id_index(connection& writer);

    struct candidates {
        std::vector<std::uint64_t> births; // of ids with this hash: the caller compares the id itself
        bool look_on_disk = false;         // saga_ids may have more
    };
    // Any thread. Ask it before the read transaction begins: what leaves the memory is on the disk by then.
    candidates find(std::int64_t hash) const;

    // What follows is the writer's. It calls these inside its transaction …
    void write_some(std::size_t started); // a share of the index, and of the filter after a start
    void add(const id_entry& entry);
    void remove(const id_entry& entry);
    // … and one of these when that has ended.
    void committed();
    void rolled_back();

    void set_recent_limit(std::size_t ids) { recent_limit_ = ids; } // smaller in tests

  private:
    void write_slice(std::size_t entries);
    void warm_filter();
    void restart_filter();

    connection& db_;
    statement insert_;
    statement delete_;
    statement mark_;
    statement scan_;

    mutable std::shared_mutex mutex_; // guards what readers look at:
    recent_ids recent_;
    std::vector<id_entry> leaving_; // sorted by hash; on their way to the disk
    id_filter filter_;              // every id in memory, and those on the disk with a hash up to …
    std::int64_t filtered_up_to_;
    bool filter_complete_ = false;

    std::size_t recent_limit_;
    std::size_t written_ = 0; // of leaving_, durable
    std::size_t writing_ = 0; // of leaving_, in this transaction
    std::size_t removed_since_filtered_ = 0;
    std::vector<id_entry> added_;
    std::vector<id_entry> removed_;
};

} // namespace sagaflow::sqlite
