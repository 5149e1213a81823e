// The inbox without a database: for participants whose handlers keep nothing that outlives their process.
#include <sagaflow/inbox.hpp>
#include <sagaflow/memory.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace sagaflow::memory {

namespace {

struct command_key {
    std::string source;
    std::string command;
    auto operator<=>(const command_key&) const = default;
};

struct attempt_row {
    bool compensation = false;
    std::uint32_t number = 1;
    time_point touched{};
    std::optional<inbox_answer> answer;
};

using rows_by_command = std::map<command_key, std::vector<attempt_row>>;

attempt_row* find(std::vector<attempt_row>& rows, const inbox_key& key) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const attempt_row& row) {
        return row.compensation == key.compensation && row.number == key.number;
    });
    return found == rows.end() ? nullptr : &*found;
}

time_point wall_now() {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

// Remembers what each touched command looked like before, newest last, and puts it back in reverse.
class memory_transaction final : public inbox_transaction {
  public:
    memory_transaction(rows_by_command& rows, time_point now) : rows_(rows), now_(now) {}

    inbox_rows claim(const inbox_key& key) override {
        inbox_rows found;
        auto& rows = remember(key);
        for (const auto& row : rows) {
            if (row.compensation) found.compensation_seen = true;
            if (!row.compensation && row.answer && row.answer->outcome == reply_outcome::success)
                found.action_effective = true;
        }
        if (const auto* row = find(rows, key)) {
            found.answer = row->answer;
            return found;
        }
        rows.push_back(
            {.compensation = key.compensation, .number = key.number, .touched = now_, .answer = {}});
        found.claimed = true;
        return found;
    }

    void savepoint(const std::function<void()>& work) override {
        const auto mark = before_.size();
        try {
            work();
        } catch (...) {
            undo(mark);
            throw;
        }
    }

    void answer(const inbox_key& key, const inbox_answer& reply) override {
        auto* row = find(remember(key), key);
        if (row == nullptr)
            throw error(errc::invalid_argument,
                        "command '" + key.command + "' is answered without having been claimed");
        row->answer = reply;
        row->touched = now_;
    }

    void undo(std::size_t mark) {
        for (; before_.size() > mark; before_.pop_back()) {
            auto& [key, rows] = before_.back();
            if (rows.empty())
                rows_.erase(key);
            else
                rows_[key] = std::move(rows);
        }
    }

  private:
    std::vector<attempt_row>& remember(const inbox_key& key) {
        auto& rows = rows_[{key.source, key.command}];
        before_.push_back({{key.source, key.command}, rows});
        return rows;
    }

    rows_by_command& rows_;
    time_point now_;
    std::vector<std::pair<command_key, std::vector<attempt_row>>> before_;
};

class memory_inbox final : public inbox {
  public:
    explicit memory_inbox(inbox_options options) : now_(std::move(options.now)) {}

    void transaction(const std::function<void(inbox_transaction&)>& work) override {
        const std::lock_guard lock(mutex_);
        memory_transaction open(rows_, now_ ? now_() : wall_now());
        try {
            work(open);
        } catch (...) {
            open.undo(0);
            throw;
        }
    }

    std::size_t purge(time_point before, std::size_t limit) override {
        const std::lock_guard lock(mutex_);
        std::size_t removed = 0;
        for (auto i = rows_.begin(); i != rows_.end() && removed < limit;) {
            std::erase_if(i->second, [&](const attempt_row& row) {
                const bool old = row.touched < before && removed < limit;
                removed += old ? 1 : 0;
                return old;
            });
            i = i->second.empty() ? rows_.erase(i) : std::next(i);
        }
        return removed;
    }

  private:
    const std::function<time_point()> now_;
    std::mutex mutex_;
    rows_by_command rows_;
};

} // namespace

std::shared_ptr<sagaflow::inbox> make_inbox(inbox_options options) {
    return std::make_shared<memory_inbox>(std::move(options));
}

} // namespace sagaflow::memory
