// One client of librdkafka, all of whose events come on one queue.
#pragma once

#include "../shared/wakeup.hpp"
#include "handles.hpp"
#include "options.hpp"
#include "trouble.hpp"

#include <sagaflow/kafka.hpp>

#include <memory>
#include <string>

namespace sagaflow::kafka {

class client {
  public:
    // Events wake `w`. Throws error(invalid_argument).
    client(role r, conf_handle conf, transports::wakeup& w, log_sink* log, std::shared_ptr<trouble> t);
    // May take long: see `reaper`. A consumer must have left its group, or it is left to its session's end.
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    rd_kafka_t* get() const { return kafka_; }

    // The next event, null if there is none now. One thread. Those about the connection and the logs are
    // dealt with here; errors come out all the same.
    event_handle poll();
    // From now on events come on another queue, as librdkafka wants it for leaving a group.
    rd_kafka_queue_t* redirect();
    // No event wakes anybody any more.
    void silence();

  private:
    void wake_by(rd_kafka_queue_t* q);
    event_handle poll(rd_kafka_queue_t* q);
    void write_log(rd_kafka_event_t* e) const;

    transports::wakeup& wakeup_;
    log_sink* const log_;
    const std::shared_ptr<trouble> trouble_;
    rd_kafka_t* kafka_ = nullptr;
    queue_handle queue_;
    queue_handle last_queue_;
};

// Destroys clients, each on a thread of its own, "sf-kafka-end": librdkafka can take for ever
// (https://github.com/confluentinc/librdkafka/issues/4724).
class reaper {
  public:
    // Whoever lets the last one go does not wait for its end.
    std::shared_ptr<client> owner_of(std::unique_ptr<client> c) const;
    // Whether all are gone before the deadline that nobody has any more.
    bool wait(std::chrono::steady_clock::time_point deadline);

  private:
    struct shared;
    std::shared_ptr<shared> shared_ = make();
    static std::shared_ptr<shared> make();
};

} // namespace sagaflow::kafka
