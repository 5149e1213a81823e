// The producer: messages on their way to the broker, each reported exactly once.
#pragma once

#include "../shared/backoff.hpp"
#include "../shared/reports.hpp"
#include "client.hpp"
#include "served.hpp"

#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <chrono>
#include <deque>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sagaflow::kafka {

// Messages of one saga keep their order on an address as long as none fails. One that failed is the
// caller's to publish again, and comes then after later ones that did not fail.
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
    struct outgoing {
        std::string address;
        std::string key;
        wire::carried content;
        transports::ticket whose;
    };
    struct sent {
        transports::ticket whose;
        std::list<sent>::iterator self;
    };
    using steady = std::chrono::steady_clock;

    std::shared_ptr<client> make_client();
    void make_client_again();
    void take(outgoing&& one, transports::reports& told);
    bool produce(outgoing& one, transports::reports& told);
    void go_on(transports::reports& told);
    void take_reports(rd_kafka_event_t* e, transports::reports& told);
    bool suffered_for_others(const rd_kafka_message_t& m) const;
    std::string shrink_batches();
    void fail_all(const std::string& why, transports::reports& told);
    void start_again(const std::string& why);

    const transport_options& options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    transports::wakeup& wakeup_;
    const std::shared_ptr<trouble> trouble_;
    reaper& reaper_;

    mutable std::mutex mutex_;                                          // of all below
    std::size_t batch_bytes_ = std::numeric_limits<std::size_t>::max(); // that the broker gets at once
    std::shared_ptr<client> client_;
    std::list<sent> outstanding_;  // with the client, which has a pointer to each
    std::list<sent> unused_;       // places for those to come
    std::deque<outgoing> backlog_; // before the client, in order: it has no room or is not there
    bool too_large_ = false;       // were those of this client
    bool fatal_ = false;
    bool closed_ = false;
    steady::time_point due_{}; // of a new client
    transports::backoff pause_{std::chrono::milliseconds(10), std::chrono::seconds(1)};
};

} // namespace sagaflow::kafka
