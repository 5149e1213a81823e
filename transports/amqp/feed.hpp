// One queue that is consumed from: its channel, what came by it, and the local group that gets it.
#pragma once

#include "../shared/backoff.hpp"
#include "../shared/group.hpp"
#include "assembly.hpp"
#include "link.hpp"
#include "settlements.hpp"
#include "topology.hpp"

#include <sagaflow/wire.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sagaflow::amqp {

// The link's thread, except for members(), consumers and made.
class feed {
  public:
    std::atomic<std::size_t> consumers{0}; // that have entered and not left
    moment made{{}};                       // when its queue was, if it was not there

    feed(const transport_options& options, const wire::envelope& envelope, subscription what,
         std::shared_ptr<transports::wakeup> wake);

    const std::string& queue() const { return queue_; }
    const std::shared_ptr<transports::group>& members() const { return members_; }

    // Who comes when there is nobody decides what is taken.
    void welcome(const subscription& newcomer);
    // Takes the address for the owner, or sees that it has none, and makes its queue. Throws error,
    // still_held.
    void prepare(questions& ask, const topology_keeper& topology, const std::string& owner);
    void prepare(questions& ask, const topology_keeper& topology) { prepare(ask, topology, owner_); }

    bool open() const { return channel_ != 0; }
    std::uint16_t channel() const { return channel_; }
    void open(connection& c, std::uint16_t channel);
    // While it is open: makes anew what was deleted under it, such as its bindings.
    void look_again(questions& ask, const topology_keeper& topology);
    link::time_point look_at() const { return look_at_; }
    bool consumed() const { return prefetch_ != 0; }
    // Consumes as much as the members want now.
    void adjust(connection& c);
    // The frames of its channel, but for its close.
    void take(connection& c, const amqp_frame_t& frame);
    // Hands what came to the members, and tells the broker what they have settled.
    void work(connection& c);
    // In order: what is not settled goes back into the queue. Gives up the address if it owned it.
    void close(connection& c, questions& ask);
    // Its channel is no more; the broker delivers again what was not settled.
    void lost();
    // The broker took the queue away from its consumer.
    bool cancelled() const { return cancelled_; }

    // What keeps it from being consumed, and when to try again.
    void failed(const std::string& why);
    // The connection broke when it was to be consumed: tried again ever less often, up to a minute or so,
    // since every consumer of the connection suffers from that.
    void broke(const std::string& why);
    const std::string& trouble() const { return trouble_; }
    link::time_point retry_at() const { return retry_at_; }

  private:
    struct settled { // what the members have acknowledged; any thread
        std::mutex mutex;
        std::vector<std::uint64_t> origins;
    };

    void take_content(connection& c, content&& one);
    void acknowledge(connection& c);

    const transport_options& options_;
    const wire::envelope& envelope_;
    subscription what_;
    const std::string queue_;
    const std::shared_ptr<settled> settled_ = std::make_shared<settled>();
    const std::shared_ptr<transports::group> members_;

    std::uint16_t channel_ = 0;
    std::size_t prefetch_ = 0; // of the broker's consumer; 0: there is none
    bool cancelled_ = false;
    std::string consumer_tag_;
    std::uint64_t consumers_begun_ = 0;
    std::string owner_;
    bool owned_ = false;
    assembly assembly_;
    settlements settlements_;
    std::vector<delivery> came_;
    // Deliveries are numbered over all channels, so that those of an old one are known.
    std::uint64_t before_ = 0; // numbers that former channels have used
    std::uint64_t last_ = 0;
    transports::backoff backoff_;
    transports::backoff after_break_;
    std::string trouble_;
    link::time_point retry_at_{};
    link::time_point look_at_{};
};

} // namespace sagaflow::amqp
