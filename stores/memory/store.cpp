// The store without a disk, and the plainest statement of what a store does.
#include "../source.hpp"

#include <sagaflow/memory.hpp>
#include <sagaflow/store.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace sagaflow::memory {

namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw store_error(store_error::kind::permanent, errc::invalid_argument,
                      "the batch can't be applied: " + what + "; report this as a bug of the engine");
}

std::string named(const saga_row& row) {
    return "saga '" + row.id + "' (birth " + std::to_string(row.birth) + ")";
}

class memory_store final : public store {
  public:
    ownership claim(std::uint32_t shard, const std::string&) override {
        const std::unique_lock lock(mutex_);
        if (shard != 0)
            throw error(errc::invalid_argument,
                        "a memory store has shard 0 only, not shard " + std::to_string(shard));
        state_.epoch += 1;
        ownership owned = state_;
        for (const auto& [key, row] : definitions_) owned.definitions.push_back(row);
        return owned;
    }

    void commit(const batch& b) override {
        const std::unique_lock lock(mutex_);
        if (!is_next(b)) return;
        check(b);
        for (const auto birth : b.purged) purge(birth);
        for (const auto& row : b.started) {
            sagas_.emplace(row.birth, row);
            births_.emplace(row.id, row.birth);
        }
        for (const auto& row : b.changed) sagas_[row.birth] = row;
        for (const auto& row : b.finished) sagas_[row.birth] = row;
        for (const auto& e : b.events) events_.emplace_hint(events_.end(), e.seq, e);
        for (const auto& row : b.definitions) definitions_[{row.saga_type, row.version}] = row;
        for (const auto& row : b.fired) timers_.erase({row.due, row.birth});
        for (const auto& row : b.timers) timers_.emplace(row.due, row.birth);
        if (!b.events.empty()) state_.last_event = b.events.back().seq;
        if (b.status_published != 0) state_.status_published = b.status_published;
        state_.last_batch = b.number;
    }

    std::vector<std::optional<saga_row>> load(std::span<const std::string> ids) override {
        const std::shared_lock lock(mutex_);
        std::vector<std::optional<saga_row>> rows;
        rows.reserve(ids.size());
        for (const auto& id : ids) {
            const auto found = births_.find(id);
            rows.push_back(found == births_.end() ? std::nullopt : std::optional(sagas_.at(found->second)));
        }
        return rows;
    }

    saga_page list(const saga_filter& filter, std::uint64_t after) override {
        const std::shared_lock lock(mutex_);
        if (filter.among == saga_filter::order::due) return due(filter);
        if (filter.among == saga_filter::order::finished && filter.before) return purgeable(filter);
        saga_page page;
        for (auto i = sagas_.upper_bound(after); i != sagas_.end(); ++i) {
            if (!wanted(filter, i->second)) continue;
            if (page.sagas.size() == filter.limit) {
                page.next = page.sagas.empty() ? 0 : page.sagas.back().birth;
                break;
            }
            page.sagas.push_back(shown(filter, i->second));
        }
        return page;
    }

    std::vector<event> events(std::uint64_t after, std::optional<std::uint64_t> birth,
                              std::size_t limit) override {
        const std::shared_lock lock(mutex_);
        std::vector<event> found;
        if (birth) {
            const auto saga = sagas_.find(*birth);
            if (saga == sagas_.end()) return found;
            for (auto seq = saga->second.last_event; seq > after; seq = events_.at(seq).previous)
                found.push_back(events_.at(seq));
            std::reverse(found.begin(), found.end());
            if (found.size() > limit) found.resize(limit);
            return found;
        }
        for (auto i = events_.upper_bound(after); i != events_.end() && found.size() < limit; ++i)
            found.push_back(i->second);
        return found;
    }

  private:
    // False when the batch was applied already.
    bool is_next(const batch& b) const {
        if (b.shard != 0 || b.epoch != state_.epoch)
            throw store_error(store_error::kind::fenced, errc::fenced,
                              "epoch " + std::to_string(b.epoch) +
                                  " no longer owns the shard: another engine took it "
                                  "over; this one must stop");
        if (b.number <= state_.last_batch) return false;
        if (b.number != state_.last_batch + 1)
            refuse("it has number " + std::to_string(b.number) + " and the last one was " +
                   std::to_string(state_.last_batch));
        return true;
    }

    // Everything that could fail is looked at before anything is changed: all or nothing.
    void check(const batch& b) const {
        std::unordered_set<std::uint64_t> born;
        std::unordered_set<std::uint64_t> gone;
        std::unordered_set<std::string> taken;
        for (const auto birth : b.purged) {
            const auto found = sagas_.find(birth);
            if (found != sagas_.end() && !is_finished(found->second.state))
                refuse(named(found->second) + " is purged unfinished");
            gone.insert(birth);
        }
        for (const auto& row : b.started) {
            const auto known = births_.find(row.id);
            const bool exists = known != births_.end() && !gone.contains(known->second);
            if (exists || !taken.insert(row.id).second) refuse(named(row) + " exists already");
            if (sagas_.contains(row.birth) || !born.insert(row.birth).second)
                refuse(named(row) + " is born twice");
        }
        for (const auto* rows : {&b.changed, &b.finished})
            for (const auto& row : *rows) {
                const auto found = sagas_.find(row.birth);
                const bool open = found != sagas_.end() && !is_finished(found->second.state);
                if (!open && !born.contains(row.birth)) refuse(named(row) + " is not among the unfinished");
            }
        for (const auto& row : b.finished)
            if (!row.finished || !is_finished(row.state))
                refuse(named(row) + " ends without a time or a final state");
        auto last = state_.last_event;
        for (const auto& e : b.events)
            if (e.seq <= std::exchange(last, e.seq))
                refuse("event " + std::to_string(e.seq) + " is out of order");
    }

    void purge(std::uint64_t birth) {
        const auto found = sagas_.find(birth);
        if (found == sagas_.end()) return;
        for (auto seq = found->second.last_event; seq != 0;) {
            const auto i = events_.find(seq);
            seq = i == events_.end() ? 0 : i->second.previous;
            if (i != events_.end()) events_.erase(i);
        }
        births_.erase(found->second.id);
        sagas_.erase(found);
    }

    static bool wanted(const saga_filter& filter, const saga_row& row) {
        using order = saga_filter::order;
        const bool done = is_finished(row.state);
        if (filter.among == order::unfinished && done) return false;
        if (filter.among == order::finished && !done) return false;
        return (!filter.state || row.state == *filter.state) &&
               (!filter.saga_type || row.saga_type == *filter.saga_type) &&
               (!filter.version || row.version == *filter.version);
    }

    static saga_row shown(const saga_filter& filter, saga_row row) {
        if (!filter.with_record) row.record.clear();
        return row;
    }

    saga_page purgeable(const saga_filter& filter) const {
        std::multimap<time_point, const saga_row*> ended;
        for (const auto& [birth, row] : sagas_)
            if (wanted(filter, row) && row.finished < filter.before) ended.emplace(*row.finished, &row);
        saga_page page;
        for (const auto& [at, row] : ended) {
            if (page.sagas.size() == filter.limit) {
                page.next = 1;
                break;
            }
            page.sagas.push_back(shown(filter, *row));
        }
        return page;
    }

    saga_page due(const saga_filter& filter) const {
        saga_page page;
        std::unordered_set<std::uint64_t> seen;
        for (const auto& [at, birth] : timers_) {
            if (filter.before && at >= *filter.before) break;
            if (page.timers.size() == filter.limit) {
                page.next = 1;
                break;
            }
            page.timers.push_back({.birth = birth, .due = at});
            const auto found = sagas_.find(birth);
            if (found == sagas_.end() || is_finished(found->second.state) || !wanted(filter, found->second))
                continue;
            if (seen.insert(birth).second) page.sagas.push_back(shown(filter, found->second));
        }
        return page;
    }

    mutable std::shared_mutex mutex_;
    ownership state_{.shard = 0,
                     .epoch = 0,
                     .source = draw_source(),
                     .last_event = 0,
                     .last_batch = 0,
                     .status_published = 0,
                     .definitions = {}};
    std::map<std::pair<std::string, int>, definition_row> definitions_;
    std::map<std::uint64_t, saga_row> sagas_;
    std::unordered_map<std::string, std::uint64_t> births_;
    std::map<std::uint64_t, event> events_;
    std::set<std::pair<time_point, std::uint64_t>> timers_;
};

} // namespace

std::shared_ptr<sagaflow::store> make_store() {
    return std::make_shared<memory_store>();
}

} // namespace sagaflow::memory
