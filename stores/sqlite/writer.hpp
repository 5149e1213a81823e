// Puts batches into the tables. One transaction each; all of it happens on the thread that commits.
#pragma once

#include "connection.hpp"
#include "id_index.hpp"

#include <sagaflow/store.hpp>

namespace sagaflow::sqlite {

class writer {
  public:
    explicit writer(connection& db);

    ownership claim(const std::string& owner);
    void commit(const batch& b);
    id_index& ids() noexcept { return ids_; }

  private:
    enum class progress : std::uint8_t { next, applied_already };

    ownership read_ownership();
    progress advance(const batch& b);
    void apply(const batch& b);
    void remember_ids(const batch& b);
    void insert_started(const std::vector<saga_row>& rows);
    void replace_changed(const std::vector<saga_row>& rows);
    void move_finished(const batch& b);
    void append_events(const std::vector<event>& events);
    void purge(const std::vector<std::uint64_t>& births);
    void shorten_queue(std::vector<std::uint64_t> purged);
    bool id_is_taken(const saga_row& row, std::int64_t hash);
    bool holds(statement& id_by_birth, std::uint64_t birth, const std::string& id);
    void roll_back() noexcept;

    connection& db_;
    id_index ids_;
    statement begin_;
    statement commit_;
    statement rollback_;
    statement advance_;
    statement births_by_hash_;
    statement open_id_;
    statement finished_id_;
    statement insert_open_;
    statement update_open_;
    statement delete_open_;
    statement insert_finished_;
    statement delete_finished_;
    statement insert_event_;
    statement previous_event_;
    statement delete_event_;
    statement insert_definition_;
    statement insert_timer_;
    statement delete_timer_;
    statement insert_queue_;
    statement read_queue_;
    statement delete_queue_;
};

} // namespace sagaflow::sqlite
