// What is wrong with fetching, and whether that is over: nobody says when it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include <librdkafka/rdkafka.h>

namespace sagaflow::kafka {

// One thread.
class fetch_trouble {
  public:
    using clock = std::chrono::steady_clock;

    // partition: RD_KAFKA_PARTITION_UA if librdkafka does not say.
    void note(rd_kafka_resp_err_t what, std::int32_t partition, clock::time_point now) {
        comes_each_time_ = partition != RD_KAFKA_PARTITION_UA && (!last_ || comes_each_time_);
        last_ = now;
        came_since_ = false;
        if (what == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) denied_.insert(partition);
    }
    void note_message() { came_since_ = true; }
    void forget() { last_.reset(); }

    // librdkafka says only once that a partition may not be read, unless it is fetched anew. Those that
    // said so since the last call.
    std::set<std::int32_t> take_denied() { return std::exchange(denied_, {}); }

    // True once, when a message came, or when no partition has said so again for longer than it takes.
    bool is_over(clock::time_point now) {
        if (!last_ || !(came_since_ || comes_each_time_) || now < *last_ + until_it_is_well) return false;
        last_.reset();
        return true;
    }

  private:
    static constexpr std::chrono::seconds until_it_is_well{3}; // librdkafka tries each second

    std::optional<clock::time_point> last_; // it was told
    bool came_since_ = false;
    bool comes_each_time_ = false; // while it lasts, if it is asked again
    std::set<std::int32_t> denied_;
};

} // namespace sagaflow::kafka
