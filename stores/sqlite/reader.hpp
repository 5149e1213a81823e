// One connection that answers load, list and events, and the few of them that a store has.
#pragma once

#include "connection.hpp"
#include "id_index.hpp"

#include <sagaflow/sqlite.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace sagaflow::sqlite {

// Used by one thread at a time.
class reader {
  public:
    explicit reader(const store_options& options);

    std::vector<std::optional<saga_row>> load(std::span<const std::string> ids, const id_index& index);
    saga_page list(const saga_filter& filter, std::uint64_t after);
    std::vector<event> events(std::uint64_t after, std::optional<std::uint64_t> birth, std::size_t limit);

  private:
    std::optional<saga_row> by_birth(std::uint64_t birth, bool with_record);
    std::optional<saga_row> unfinished_by_birth(std::uint64_t birth, bool with_record);
    void walk(const char* table, const saga_filter& filter, std::uint64_t after, std::vector<saga_row>& rows);
    saga_page due(const saga_filter& filter);
    saga_page purgeable(const saga_filter& filter);
    std::vector<event> events_of(std::uint64_t after, std::uint64_t birth, std::size_t limit);

    connection db_;
    statement begin_;
    statement end_;
    statement births_by_hash_;
    statement open_by_birth_;
    statement finished_by_birth_;
    statement due_;
    statement finished_batches_;
    statement event_by_seq_;
    statement events_;
};

// Lends a reader to each call; makes at most a few, and lets callers beyond that wait.
class reader_pool {
  public:
    explicit reader_pool(store_options options);

    template <class Work>
    auto with(const Work& work) {
        const loan borrowed(*this);
        return work(*borrowed.lent);
    }

  private:
    struct loan {
        explicit loan(reader_pool& p) : pool(p), lent(p.take()) {}
        ~loan() { pool.give_back(std::move(lent)); }
        loan(const loan&) = delete;
        loan& operator=(const loan&) = delete;
        reader_pool& pool;
        std::unique_ptr<reader> lent;
    };
    std::unique_ptr<reader> take();
    void give_back(std::unique_ptr<reader> r);

    store_options options_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<reader>> idle_;
    std::size_t made_ = 0;
};

} // namespace sagaflow::sqlite
