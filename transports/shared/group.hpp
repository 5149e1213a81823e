// One consumer group of one address: its messages, and which of its members gets which. A saga belongs to a
// slot and a slot to one member, so a saga's messages keep their order; when members come and go, a slot
// changes hands only while nothing of it is unsettled.
#pragma once

#include "member.hpp"

#include <sagaflow/transport.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace sagaflow::transports {

// Any thread, but take() and leave() are the member's own.
class group {
  public:
    // Told which deliveries were acknowledged, by their origins; on any thread, with no lock held.
    using acknowledged_handler = std::function<void(std::span<const std::uint64_t>)>;

    // bound: messages that wait, at most. types: those that it takes until the first member comes.
    explicit group(std::size_t bound, acknowledged_handler acknowledged = {},
                   std::vector<std::string> types = {});

    // Takes the first of them, as many as there is room for; returns how many. Their tags are queue_tags.
    std::size_t push(std::vector<delivery>&& what);

    // Forgets those whose origin `gone` names: others get them now. Those that were handed out are still
    // to be settled, but not repeated.
    void drop(const std::function<bool(std::uint64_t origin)>& gone);

    std::size_t waiting() const;   // in its queues
    std::size_t unsettled() const; // handed out
    std::size_t prefetch() const;  // of all members together

    // Throws error(invalid_argument) if the other members take other types.
    std::shared_ptr<member> join(const subscription& what);
    bool takes(const std::string& type) const;

    // Waits for messages. Empty: the member was told to stop.
    std::vector<delivery> take(member& m);
    void settle(member& m, std::span<const std::uint64_t> tags, settler::verdict v);
    void stop(member& m);
    // What the member had goes to the others.
    void leave(member& m);

  private:
    static constexpr std::size_t slot_count = 64;
    struct slot {
        std::size_t unsettled = 0;
        member* holder = nullptr; // of the unsettled ones
    };

    static std::uint8_t slot_of(const message& m);
    member& owner(std::size_t s) const { return *members_[s % members_.size()]; }
    bool held_elsewhere(std::size_t s, const member& m) const;
    void enqueue(delivery&& d);
    void redistribute(std::vector<delivery> first);
    bool take_now(member& m, std::vector<delivery>& out);
    void take_retries(member& m, std::vector<delivery>& out);
    static void give_back_front(member& m);
    void take_queue(member& m, std::vector<delivery>& out);
    void hand_out(member& m, std::vector<delivery>& out);
    void settle_one(transports::unsettled& one, settler::verdict v);
    void wake_members(std::unique_lock<std::mutex>& lock);

    const std::size_t bound_;
    const acknowledged_handler acknowledged_;
    mutable std::mutex mutex_;
    std::vector<std::string> types_; // sorted; empty: all
    std::vector<std::shared_ptr<member>> members_;
    std::vector<delivery> parked_; // while there is no member
    std::array<slot, slot_count> slots_;
    std::size_t waiting_ = 0;   // in all queues
    std::size_t handovers_ = 0; // slots whose holder is no longer their owner
};

} // namespace sagaflow::transports
