// The consumers of one group of one address on this connection, and which of them gets what. No Redis here.
// A saga is held by one consumer while something of it is unsettled there, which keeps its order.
#pragma once

#include "entry.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <unordered_map>
#include <unordered_set>

namespace redis {

class group {
  public:
    using clock = std::chrono::steady_clock;

    // A consumer.
    struct member {
        std::size_t prefetch = 1;
        std::stop_token stop;
        std::size_t unsettled = 0;
    };

    // Null if the group is leaving: it takes nobody any more.
    std::shared_ptr<member> join(std::size_t prefetch, std::stop_token stop);
    // What comes next for it, in order; waits. Empty: it is to leave.
    std::vector<sagaflow::delivery> take(member& m);
    void settle(member& m, std::span<const std::uint64_t> tags, sagaflow::settler::verdict v);
    // What it has not settled goes to the others.
    void leave(const std::shared_ptr<member>& m);

    // For the reader. How many it may read: waits for a while until that is not nothing.
    std::size_t wait_for_room(clock::duration patience);
    // What it has read; of what it knows already nothing is taken. Those not `wanted` are acknowledged.
    void push(std::vector<entry> read, const std::function<bool(const sagaflow::message&)>& wanted);
    // What is to be acknowledged since the last call; forget() it when Redis has done so.
    std::vector<std::string> acknowledged();
    void acknowledge_again(std::vector<std::string> ids);
    void forget(const std::vector<std::string>& ids);

    // Nothing more is to be read: it is closed, or all its members are to leave.
    bool leaving() const;
    bool wait_until_leaving(clock::duration patience);
    // They have left.
    bool wait_until_empty(clock::duration patience);
    void close();
    void wake(); // a stop was asked for

  private:
    struct work {
        entry what;
        unsigned deliveries = 0;
        clock::time_point due = {};
    };
    struct holding {
        work what;
        const member* by;
    };
    struct saga {
        const member* by = nullptr;
        std::size_t unsettled = 0;
    };

    bool leaving_now() const;
    bool may_have(const member& m, const work& w) const;
    void hand_out(member& m, work&& w, std::vector<sagaflow::delivery>& out);
    void let_go(const std::string& saga_id);

    mutable std::mutex mutex_; // of all below
    std::condition_variable changed_;
    std::deque<work> waiting_;
    std::vector<work> retries_;
    std::unordered_map<std::uint64_t, holding> held_; // by tag
    std::unordered_map<std::string, saga> sagas_;     // with something held
    std::unordered_set<std::string> known_;           // ids from being read to being acknowledged
    std::vector<std::string> acknowledged_;
    std::vector<std::shared_ptr<member>> members_;
    std::uint64_t last_tag_ = 0;
    bool began_ = false;
    bool closed_ = false;
};

} // namespace redis
