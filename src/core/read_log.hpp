// Which reads of the store are on their way, and which sagas left memory meanwhile: what such a read says of
// those is old.
#pragma once

#include "core/effects.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>

namespace sagaflow::core {

class read_log {
  public:
    enum class purpose : std::uint8_t { load, scan, timers, purge, rehost, status };

    // A new read: its ticket.
    std::uint64_t begin(purpose what) {
        open_.emplace(++last_ticket_, what);
        return last_ticket_;
    }
    // The saga is not in memory any more.
    void left_memory(std::uint64_t birth) {
        if (open_.empty()) return;
        order_.push_back({last_ticket_, birth});
        left_[birth] = last_ticket_;
    }
    purpose what(std::uint64_t ticket) const { return open_.at(ticket); }
    // The saga was in memory after this read began, so what it read may be old.
    bool is_old(std::uint64_t ticket, std::uint64_t birth) const {
        const auto it = left_.find(birth);
        return it != left_.end() && it->second >= ticket;
    }
    void end(std::uint64_t ticket) {
        open_.erase(ticket);
        const auto oldest = open_.empty() ? last_ticket_ + 1 : open_.begin()->first;
        while (!order_.empty() && order_.front().ticket < oldest) {
            const auto it = left_.find(order_.front().birth);
            if (it != left_.end() && it->second == order_.front().ticket) left_.erase(it);
            order_.pop_front();
        }
    }
    bool is_reading(purpose p) const {
        for (const auto& [ticket, what] : open_)
            if (what == p) return true;
        return false;
    }

  private:
    struct leaving {
        std::uint64_t ticket;
        std::uint64_t birth;
    };
    std::uint64_t last_ticket_ = 0;
    std::map<std::uint64_t, purpose> open_;
    std::deque<leaving> order_;
    std::unordered_map<std::uint64_t, std::uint64_t> left_;
};

} // namespace sagaflow::core
