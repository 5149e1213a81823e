// Which deliveries of a channel were settled, in any order, and what to tell the broker of them.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace sagaflow::amqp {

// The tags are the broker's: it counts what it delivers on a channel, from 1.
class settlements {
  public:
    struct acknowledgement {
        std::uint64_t tag = 0;
        bool multiple = false; // with all before it
        bool operator==(const acknowledgement&) const = default;
    };

    // The next one was delivered; false if that is not its tag.
    bool delivered(std::uint64_t tag);
    // Not to be told to the broker: it was told already.
    void rejected(std::uint64_t tag);
    void acknowledged(std::uint64_t tag);

    // What was acknowledged since, in as few words as possible.
    std::vector<acknowledgement> take();

  private:
    enum class state : std::uint8_t { open, acknowledged, told };

    bool known(std::uint64_t tag) const { return tag >= first_ && tag - first_ < states_.size(); }

    std::deque<state> states_;
    std::uint64_t first_ = 1; // tag of states_.front()
    std::vector<std::uint64_t> fresh_;
};

} // namespace sagaflow::amqp
