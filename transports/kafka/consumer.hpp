// A member of a Kafka consumer group for one topic, which feeds the subscriptions of that group here.
#pragma once

#include "../shared/group.hpp"
#include "assignment.hpp"
#include "client.hpp"
#include "fetch_trouble.hpp"
#include "served.hpp"

#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sagaflow::kafka {

// What the member of an address's sole owner is called in its group (its group.instance.id), so that the
// owner finds its place again after a crash, and what the members of all owners of the address begin with.
std::string owner_instance(const std::string& address, const std::string& owner);
std::string owner_instances(const std::string& address);

class consumer : public served {
  public:
    // What it tells, mostly on the thread "sf-kafka".
    struct listener {
        // What is wrong with it, so that nothing comes; empty: nothing is.
        std::function<void(const std::string& what)> condition;
        std::function<void()> missing; // its topic may be
        // The sole owner of an address (subscription::sole_owner) is a member of its group. It takes nothing
        // before somebody has looked once more who else is, and has called own() or stand_back().
        std::function<void(std::uint64_t membership)> joined;
    };

    consumer(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
             const subscription& what, transports::wakeup& w, std::shared_ptr<trouble> t, reaper& r,
             listener told);

    const std::shared_ptr<transports::group>& local() const { return group_; }
    // Becomes a member of its group; others see that a moment later.
    void start();
    bool is_member() const;
    // What was found out for a membership that is over counts no more. stand_back(): somebody else owns the
    // address; it leaves its group until start().
    bool asks(std::uint64_t membership) const;
    void own(std::uint64_t membership);
    bool stand_back(std::uint64_t membership);
    bool stands_back() const;

    // One more subscription. False: it is leaving its group.
    bool join();
    // One less; without any it leaves its group, a moment later unless it owns the address.
    void leave();
    // Leaves the group now.
    void stop();
    // It has left, and is served no more.
    bool gone() const;

    // The thread "sf-kafka".
    std::chrono::milliseconds serve() override;

  private:
    using steady = std::chrono::steady_clock;
    enum class stage : std::uint8_t { member, unsubscribing, closing, gone };

    bool take_events();
    std::chrono::milliseconds serve_without_client();
    void take(const rd_kafka_message_t& m);
    void push();
    void take_error(rd_kafka_resp_err_t err, const std::string& text, std::int32_t partition);
    void see_to_fetching();
    void ask_again(const std::set<std::int32_t>& denied);
    void rebalance(rd_kafka_event_t* e);
    void accept(const rd_kafka_topic_partition_list_t& partitions);
    void decline();
    void revoke();
    bool owns() const;
    bool takes_nothing();
    void lose_membership();
    void give_back();
    void check_flow();
    void store_marks();
    bool wants_to_leave() const;
    void go_on_leaving();
    void finish();
    void start_anew();
    void let_go();
    std::chrono::milliseconds next_look() const;

    const transport_options& options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    const std::string address_;
    const bool owned_;
    transports::wakeup& wakeup_;
    const listener told_;
    const std::shared_ptr<assignment> assigned_;
    const std::shared_ptr<transports::group> group_;
    std::function<std::shared_ptr<client>()> make_client_;
    std::shared_ptr<client> client_;

    mutable std::mutex mutex_; // of these
    std::size_t subscriptions_ = 0;
    std::optional<steady::time_point> leave_at_;
    stage stage_ = stage::member;
    bool assigned_once_ = false;
    std::uint64_t membership_ = 1; // counts
    bool owns_ = false;            // in this membership, as far as that is wanted
    bool stands_back_ = false;
    bool to_decline_ = false;

    // The thread's own.
    std::vector<delivery> batch_;
    partitions_handle offered_;                      // to an owner, until it knows that it is the only one
    std::uint64_t asked_for_ = 0;                    // membership
    std::optional<steady::time_point> behind_since_; // more waits than should
    bool resting_ = false;                           // for that, all partitions
    std::set<std::int32_t> paused_;                  // partitions
    std::optional<steady::time_point>
        revoked_until_;            // partitions are asked back; started work may end until then
    steady::time_point give_up_{}; // leaving
    fetch_trouble fetching_;
    std::optional<steady::time_point> anew_at_; // librdkafka's consumer is dead for good
};

} // namespace sagaflow::kafka
