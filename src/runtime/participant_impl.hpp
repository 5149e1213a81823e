// What runs behind a participant: batches of deliveries through the barrier and the handlers, and their
// replies.
#pragma once

#include "core/barrier.hpp"
#include "runtime/participant_counters.hpp"

#include <sagaflow/participant.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sagaflow {

// How a delivery ends.
enum class fate : std::uint8_t {
    open,       // not decided yet
    answered,   // item::result is the reply
    threw,      // its handler did (B4)
    unreadable, // or of a type that nobody here handles (B7)
    later       // the inbox failed it, not its handler
};

struct item {
    delivery* came = nullptr;
    command_handler* handler = nullptr;
    fate end = fate::open;
    bool handler_threw = false;
    core::passed result{};
    std::string reason; // of threw and unreadable
};

class participant::impl : public std::enable_shared_from_this<participant::impl> {
  public:
    explicit impl(participant_options options);

    void handle(command_handler handler);
    void start();
    void stop();
    std::vector<metric> metrics() const { return counters_.read(options_.name); }

  private:
    struct publication; // a batch of replies under way
    using clock = std::chrono::steady_clock;

    std::vector<std::string> addresses() const;
    void open(const std::vector<std::string>& where);

    void take(std::vector<delivery>& batch, const std::shared_ptr<settler>& settle);
    void classify(item& one);
    std::span<item> run_batch(std::span<item> items);
    std::span<item> run_without_inbox(std::span<item> items);
    void run_alone(std::span<item> items);
    void run_one(inbox_transaction& tx, item& one, time_point now);
    template <class F>
    void guard(item& one, F run);
    void purge(clock::time_point now);

    void conclude(std::span<item> items, const std::shared_ptr<settler>& settle);
    bool try_again(const message& m, std::string_view reason);
    bool bury(const message& m, std::string_view reason);
    void publish(std::shared_ptr<publication> what);
    void accepted(publication& what, std::span<const published> report);
    bool give_up(const published& p, std::size_t key);
    void refused(const published& p, std::size_t key);
    std::optional<std::string> why_refused(std::size_t key);

    participant_options options_;
    participant_counters counters_;
    std::stop_source stop_;
    std::once_flag stopped_;

    std::mutex busy_; // of what follows: held while a batch is handled
    std::unordered_map<std::string, command_handler> handlers_;
    bool started_ = false;
    bool stopping_ = false;
    std::vector<item> items_;
    std::unordered_map<std::size_t, int> failures_; // of handlers, by the key of what comes again
    // Shared with the transport, which may tell how it is when the participant is gone.
    std::shared_ptr<std::atomic<bool>> carrier_up_ = std::make_shared<std::atomic<bool>>(false);
    clock::time_point purge_due_{};
    struct { // a full disk may last: what was said of it is said again at `debug` only
        bool told_batch = false;
        bool told_command = false;
    } trouble_;

    std::mutex publishing_mutex_;
    std::condition_variable published_;
    std::size_t publishing_ = 0;                           // publications under way
    std::unordered_map<std::size_t, int> unaccepted_;      // of what is published again, by key
    std::unordered_map<std::size_t, std::string> refused_; // answers that come again as unknown, and why
};

} // namespace sagaflow
