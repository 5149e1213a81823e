// One of librdkafka's producers, made anew after an error that it does not survive, and what it has.
#pragma once

#include "../shared/backoff.hpp"
#include "../shared/reports.hpp"
#include "client.hpp"

#include <sagaflow/wire.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::kafka {

// A message on its way.
struct outgoing {
    std::string address;
    std::string key;
    wire::carried content;
    transports::ticket whose;
    std::uint32_t partition_number = 0; // the partitioner's
};

// Not thread-safe.
class producer {
  public:
    // `batch_bytes`: that a broker gets at once, shared by all producers, and less once a topic took no such
    // batch.
    producer(const transport_options& options, role r, std::size_t& batch_bytes, transports::wakeup& w,
             std::shared_ptr<trouble> t, reaper& reap);

    // Null: there is none yet, or it is lost.
    const std::shared_ptr<client>& connection() const { return client_; }
    // How long until a new one may be made.
    std::chrono::milliseconds pause() const;
    // Makes one. It may take long: it reads files and starts threads. Throws error(invalid_argument).
    std::shared_ptr<client> make_client(std::size_t batch_bytes) const;
    void use(std::shared_ptr<client> made);
    void note_failure(const std::string& why); // none could be made

    // False: there is no client, or it has no room now; then `one` is as it was.
    bool take(outgoing& one, transports::reports& told);
    // How many it took and did not yet report.
    std::size_t outstanding() const { return sent_.size() - unused_.size(); }
    // Whether one of those has this key; perhaps only one like it.
    bool has(std::string_view key) const { return keys_[place_of(key)] > 0; }

    // Reports of the client; those of one that is lost are passed over.
    void take_reports(const client& of, rd_kafka_event_t* e, transports::reports& told);
    void note_fatal() { fatal_ = true; }
    // After an error that the client does not survive: lets it go, and reports what it had as failed. Why.
    std::optional<std::string> let_go_if_lost(transports::reports& told);
    // For good.
    void close(const std::string& why, transports::reports& told);

  private:
    struct sent {
        transports::ticket whose;
        std::uint32_t key = 0;
        bool used = false;
    };
    using steady = std::chrono::steady_clock;
    static constexpr std::size_t key_places = 16'384;

    static std::size_t place_of(std::string_view key) {
        return std::hash<std::string_view>{}(key) % key_places;
    }
    std::uint32_t keep(outgoing& one);
    transports::ticket give_back(std::uint32_t place);
    bool suffered_for_others(const rd_kafka_message_t& m) const;
    std::string shrink_batches();
    void fail_all(const std::string& why, transports::reports& told);

    const transport_options& options_;
    const role role_;
    transports::wakeup& wakeup_;
    const std::shared_ptr<trouble> trouble_;
    reaper& reaper_;

    std::size_t& batch_bytes_;
    std::size_t of_client_ = 0; // what they were when it was made
    std::shared_ptr<client> client_;
    std::vector<sent> sent_;
    std::vector<std::uint32_t> unused_; // of sent_
    std::vector<std::uint32_t> keys_ =
        std::vector<std::uint32_t>(key_places); // how many of sent_ have a key with this hash
    bool too_large_ = false;                    // were those of this client
    bool fatal_ = false;
    steady::time_point due_{}; // of a new client
    transports::backoff pause_{std::chrono::milliseconds(10), std::chrono::seconds(1)};
};

} // namespace sagaflow::kafka
