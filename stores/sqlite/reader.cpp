#include "reader.hpp"

#include "births.hpp"
#include "rows.hpp"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <utility>

namespace sagaflow::sqlite {

namespace {

constexpr int cache_kib = 1024; // of each reader: what it reads again is in the system's cache
constexpr int batches_looked_at = 1'024;

connection open_reader(const store_options& options) {
    connection db(options.path, options.vfs);
    db.execute("PRAGMA query_only = 1; PRAGMA cache_size = -" + std::to_string(cache_kib));
    return db;
}

std::string select_by_birth(const char* table) {
    return std::string("SELECT ") + saga_columns + " FROM " + table + " WHERE birth = ?1";
}

bool wanted(const statement& row, const saga_filter& filter) {
    if (filter.version && row.integer(3) != *filter.version) return false;
    if (filter.state && row.integer(4) != static_cast<int>(*filter.state)) return false;
    return !filter.saga_type || row.text(2) == *filter.saga_type;
}

bool wanted(const saga_row& row, const saga_filter& filter) {
    return (!filter.state || row.state == *filter.state) &&
           (!filter.saga_type || row.saga_type == *filter.saga_type) &&
           (!filter.version || row.version == *filter.version);
}

// Several statements that must see the same state.
class snapshot {
  public:
    snapshot(statement& begin, statement& end) : end_(end) { begin.run(); }
    ~snapshot() {
        try {
            end_.run();
        } catch (const error&) {
            // It only ends a read: nothing is lost, and the next use of the connection reports what is wrong.
        }
    }
    snapshot(const snapshot&) = delete;
    snapshot& operator=(const snapshot&) = delete;

  private:
    statement& end_;
};

} // namespace

reader::reader(const store_options& options)
    : db_(open_reader(options)),
      begin_(db_, "BEGIN"),
      end_(db_, "COMMIT"),
      births_by_hash_(db_, "SELECT birth FROM saga_ids WHERE hash = ?1"),
      open_by_birth_(db_, select_by_birth("open_sagas")),
      finished_by_birth_(db_, select_by_birth("finished_sagas")),
      due_(db_, "SELECT due, birth FROM timers WHERE due < ?1 ORDER BY due, birth LIMIT ?2"),
      finished_batches_(
          db_,
          "SELECT births FROM (SELECT batch, finished, births FROM finished_batches ORDER BY batch "
          "LIMIT ?2) WHERE finished < ?1 ORDER BY batch"),
      event_by_seq_(
          db_,
          "SELECT seq, birth, previous, at, kind, state, details, status, '', '' FROM events WHERE seq = ?1"),
      events_(db_,
              "SELECT seq, e.birth, previous, at, kind, e.state, details, status, coalesce(o.id, f.id), "
              "coalesce(o.saga_type, f.saga_type) FROM events AS e "
              "LEFT JOIN open_sagas AS o ON o.birth = e.birth "
              "LEFT JOIN finished_sagas AS f ON f.birth = e.birth AND o.birth IS NULL "
              "WHERE seq > ?1 ORDER BY seq LIMIT ?2") {}

std::vector<std::optional<saga_row>> reader::load(std::span<const std::string> ids, const id_index& index) {
    std::vector<std::optional<saga_row>> rows(ids.size());
    std::vector<std::pair<std::size_t, id_index::candidates>>
        known; // before the snapshot: see id_index::find
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (auto found = index.find(hash_of_id(ids[i])); found.look_on_disk)
            known.emplace_back(i, std::move(found));
    if (known.empty()) return rows;

    const snapshot scope(begin_, end_);
    for (auto& [i, found] : known) {
        {
            const resetting rows_of_hash(births_by_hash_);
            births_by_hash_.bind(1, hash_of_id(ids[i]));
            while (births_by_hash_.step()) found.births.push_back(births_by_hash_.number(0));
        }
        std::sort(found.births.begin(), found.births.end(), std::greater<>());
        for (const auto birth : found.births) {
            auto row = by_birth(birth, true);
            if (!row || row->id != ids[i]) continue;
            rows[i] = std::move(row);
            break;
        }
    }
    return rows;
}

std::optional<saga_row> reader::unfinished_by_birth(std::uint64_t birth, bool with_record) {
    const resetting scope(open_by_birth_);
    if (!open_by_birth_.bind(1, birth).step()) return std::nullopt;
    auto row = read_saga(open_by_birth_);
    if (!with_record) row.record.clear();
    return row;
}

std::optional<saga_row> reader::by_birth(std::uint64_t birth, bool with_record) {
    if (auto row = unfinished_by_birth(birth, with_record)) return row;
    const resetting scope(finished_by_birth_);
    if (!finished_by_birth_.bind(1, birth).step()) return std::nullopt;
    auto row = read_saga(finished_by_birth_);
    if (!with_record) row.record.clear();
    return row;
}

saga_page reader::list(const saga_filter& filter, std::uint64_t after) {
    using order = saga_filter::order;
    const snapshot scope(begin_, end_);
    if (filter.among == order::due) return due(filter);
    if (filter.among == order::finished && filter.before) return purgeable(filter);
    saga_page page;
    if (filter.among != order::finished) walk("open_sagas", filter, after, page.sagas);
    const auto middle = static_cast<std::ptrdiff_t>(page.sagas.size());
    if (filter.among != order::unfinished) walk("finished_sagas", filter, after, page.sagas);
    const auto by_birth_order = [](const saga_row& a, const saga_row& b) { return a.birth < b.birth; };
    std::inplace_merge(page.sagas.begin(), page.sagas.begin() + middle, page.sagas.end(), by_birth_order);
    if (page.sagas.size() > filter.limit) {
        page.sagas.resize(filter.limit);
        page.next = page.sagas.empty() ? 0 : page.sagas.back().birth;
    }
    return page;
}

// Up to one more than the limit, which tells that there is a next page.
void reader::walk(const char* table, const saga_filter& filter, std::uint64_t after,
                  std::vector<saga_row>& rows) {
    const std::string columns = filter.with_record ? saga_columns : saga_columns_without_record;
    statement query(db_, "SELECT " + columns + " FROM " + table + " WHERE birth > ?1 ORDER BY birth");
    query.bind(1, after);
    const auto enough = rows.size() + filter.limit + 1;
    while (rows.size() < enough && query.step())
        if (wanted(query, filter)) rows.push_back(read_saga(query));
}

saga_page reader::due(const saga_filter& filter) {
    saga_page page;
    {
        const resetting scope(due_);
        const auto latest = std::numeric_limits<std::int64_t>::max();
        due_.bind(1, filter.before ? to_integer(*filter.before) : latest);
        due_.bind(2, static_cast<std::uint64_t>(filter.limit) + 1);
        while (due_.step()) page.timers.push_back({.birth = due_.number(1), .due = to_time(due_.integer(0))});
    }
    if (page.timers.size() > filter.limit) {
        page.timers.pop_back();
        page.next = 1;
    }
    std::unordered_set<std::uint64_t> seen;
    for (const auto& timer : page.timers) {
        if (!seen.insert(timer.birth).second) continue;
        auto row = unfinished_by_birth(timer.birth, filter.with_record);
        if (row && wanted(*row, filter)) page.sagas.push_back(std::move(*row));
    }
    return page;
}

// The oldest batches are looked at whether they are old enough or not: a clock that was once ahead must not
// hide the batches behind its own.
saga_page reader::purgeable(const saga_filter& filter) {
    saga_page page;
    const resetting scope(finished_batches_);
    finished_batches_.bind(1, to_integer(*filter.before)).bind(2, batches_looked_at);
    while (finished_batches_.step())
        for (const auto birth : births_from_json(finished_batches_.text(0))) {
            auto row = by_birth(birth, filter.with_record);
            if (!row || !row->finished || *row->finished >= *filter.before || !wanted(*row, filter)) continue;
            if (page.sagas.size() == filter.limit) {
                page.next = 1;
                return page;
            }
            page.sagas.push_back(std::move(*row));
        }
    return page;
}

std::vector<event> reader::events(std::uint64_t after, std::optional<std::uint64_t> birth,
                                  std::size_t limit) {
    if (birth) return events_of(after, *birth, limit);
    std::vector<event> found;
    const resetting scope(events_);
    events_.bind(1, after).bind(2, static_cast<std::uint64_t>(limit));
    while (events_.step()) found.push_back(read_event(events_));
    return found;
}

// From the saga's last event back over `previous`: no index by saga is kept for it.
std::vector<event> reader::events_of(std::uint64_t after, std::uint64_t birth, std::size_t limit) {
    const snapshot scope(begin_, end_);
    const auto saga = by_birth(birth, false);
    std::deque<event> found;
    for (auto seq = saga ? saga->last_event : 0; seq > after;) {
        const resetting row(event_by_seq_);
        if (!event_by_seq_.bind(1, seq).step()) break;
        auto& e = found.emplace_front(read_event(event_by_seq_));
        e.saga_id = saga->id;
        e.saga_type = saga->saga_type;
        if (found.size() > limit) found.pop_back();
        seq = std::min(e.previous, seq - 1); // never forward, whatever the file says
    }
    return {std::make_move_iterator(found.begin()), std::make_move_iterator(found.end())};
}

reader_pool::reader_pool(store_options options) : options_(std::move(options)) {}

std::unique_ptr<reader> reader_pool::take() {
    constexpr std::size_t most = 3;
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [&] { return !idle_.empty() || made_ < most; });
    if (idle_.empty()) {
        auto fresh = std::make_unique<reader>(options_);
        made_ += 1;
        return fresh;
    }
    auto lent = std::move(idle_.back());
    idle_.pop_back();
    return lent;
}

void reader_pool::give_back(std::unique_ptr<reader> r) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(r));
    returned_.notify_one();
}

} // namespace sagaflow::sqlite
