// An engine with all it needs, and what a test wants to see of it.
#pragma once

#include "support/gated_store.hpp"
#include "support/trip.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/transport.hpp>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sagaflow::test {

// A value that another thread will put in.
template <class T>
class box {
  public:
    void put(T value) {
        const std::lock_guard lock(mutex_);
        value_ = std::move(value);
        changed_.notify_all();
    }
    T take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return value_.has_value(); });
        return *std::exchange(value_, std::nullopt);
    }
    bool empty() const {
        const std::lock_guard lock(mutex_);
        return !value_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<T> value_;
};

// Answers the commands that come to "desk". It takes no part in a command until an answer is decided.
class desk {
  public:
    // What to answer; none: nothing.
    using clerk = std::function<std::optional<message>(const message& command)>;

    desk(std::shared_ptr<transport> bus, clerk decide);
    ~desk();
    desk(const desk&) = delete;
    desk& operator=(const desk&) = delete;

    // The ids of the commands that came, repeated ones too.
    std::vector<std::string> seen() const;
    // Returns when that many have come.
    void wait_for(std::size_t count) const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
    std::stop_source stop_;
};

message success(const message& command);
message rejection_of(const message& command, const std::string& reason);

// Lines as "warn: a saga is suspended".
class log_lines final : public log_sink {
  public:
    void write(log_level level, std::string_view message,
               std::span<const log_field> fields) noexcept override;
    // Returns when a line holds this text; with its fields.
    std::string wait_for(std::string_view text) const;
    bool has(std::string_view text) const;

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<std::string> lines_;
};

// The parts of a test: a bus, a store with a gate, a log, and an engine over them.
struct bench {
    bench();
    ~bench();

    engine_options options() const;
    // Makes and starts one that hosts trips and walks.
    void run(const engine_options& with);
    void run() { run(options()); }

    std::shared_ptr<transport> bus = memory::make_transport();
    std::shared_ptr<gated_store> disk = std::make_shared<gated_store>(memory::make_store());
    std::shared_ptr<log_lines> lines = std::make_shared<log_lines>();
    std::shared_ptr<box<alert>> alerts = std::make_shared<box<alert>>();
    std::unique_ptr<engine> sagas;
    std::optional<hosted<trip>> trips;
    std::optional<hosted<trip>> walks;
};

// All events until the end.
std::vector<event> follow(engine& from, const std::string& id, watch_options options = {});
// Blocks until the saga has an event of that kind.
event await(engine& from, const std::string& id, event_kind kind);

store_error transient_error();
store_error permanent_error();
double value_of(const engine& of, const std::string& metric_name, const std::string& label = {});
std::string reason_of(const health_report& report, const std::string& part);

} // namespace sagaflow::test
