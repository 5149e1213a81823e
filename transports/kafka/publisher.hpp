// Messages on their way to the broker, each reported exactly once.
#pragma once

#include "partitioner.hpp"
#include "producer.hpp"
#include "served.hpp"

#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

namespace sagaflow::kafka {

// Messages of one saga keep their order on an address as long as none fails. One that failed is the
// caller's to publish again, and comes then after later ones that did not fail.
//
// There are two producers, since librdkafka's linger.ms is that of a client for good: with little to do,
// messages leave at once; with much, the second one gathers them. A request costs the broker and both clients
// more than many messages in it.
class publisher : public served {
  public:
    publisher(const transport_options& options, std::shared_ptr<const wire::envelope> envelope,
              transports::wakeup& w, std::shared_ptr<trouble> t, reaper& r);

    // Any thread; does not block.
    void publish(std::vector<message>&& batch, publish_handler&& done);
    // The thread "sf-kafka".
    std::chrono::milliseconds serve() override;
    // Reports all that is outstanding as failed, at once; so is what comes later. Any thread. Idempotent.
    void close();

    // The client, also to look after topics with. Null once it is closed, and while it is made anew.
    std::shared_ptr<client> connection() const;

  private:
    using steady = std::chrono::steady_clock;

    std::size_t outstanding() const;
    void note_load(steady::time_point now);
    producer& producer_for(const outgoing& one);
    void take(outgoing&& one, transports::reports& told);
    void go_on(transports::reports& told);
    std::chrono::milliseconds serve(producer& p, transports::reports& told);
    std::shared_ptr<client> client_of(producer& p);

    const transport_options& options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    transports::wakeup& wakeup_;
    const partitioner partitioner_;
    const bool may_gather_; // unless a property says how

    mutable std::mutex mutex_; // of all below
    std::size_t batch_bytes_ = std::numeric_limits<std::size_t>::max();
    producer prompt_;
    producer bulk_;
    std::deque<outgoing> backlog_; // before the producers, in order: there is no room, or no client
    bool bulk_is_wanted_ = false;  // was it ever
    bool busy_ = false;
    steady::time_point busy_until_{};
    bool closed_ = false;
};

} // namespace sagaflow::kafka
