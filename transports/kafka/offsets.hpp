// Which messages of one partition, while it is ours, are acknowledged, in any order, and up to where all are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace sagaflow::kafka {

class offsets {
  public:
    // Offsets grow, with gaps. Returns the message's number, which wraps.
    std::uint32_t add(std::int64_t offset) {
        messages_.push_back({offset, false});
        return first_ + static_cast<std::uint32_t>(messages_.size() - 1);
    }

    void acknowledge(std::uint32_t number) {
        const std::uint32_t index = number - first_;
        if (index >= messages_.size()) return; // it was acknowledged before
        messages_[index].acknowledged = true;
        for (; !messages_.empty() && messages_.front().acknowledged; ++first_) {
            mark_ = messages_.front().offset + 1;
            messages_.pop_front();
        }
    }

    // Where to go on after a restart, if that has moved since the last call.
    std::optional<std::int64_t> take_mark() {
        auto moved = mark_;
        mark_.reset();
        return moved;
    }

    bool has_mark() const { return mark_.has_value(); }

    // Messages from the first that is not acknowledged on.
    std::size_t span() const { return messages_.size(); }

  private:
    struct message {
        std::int64_t offset;
        bool acknowledged;
    };
    std::deque<message> messages_;
    std::uint32_t first_ = 0; // the number of the front
    std::optional<std::int64_t> mark_;
};

} // namespace sagaflow::kafka
