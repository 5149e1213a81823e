// The condition of each part, and who must hear that it changed. Whoever holds it may report, also when the
// engine is gone.
#pragma once

#include <sagaflow/health.hpp>
#include <sagaflow/log.hpp>
#include <sagaflow/transport.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sagaflow::runtime {

enum class store_use : std::uint8_t { commits, reads };

class health_board {
  public:
    health_board(std::size_t transports, std::shared_ptr<log_sink> log);

    // Any thread. Each logs if it changes something.
    void transport(std::size_t index, const transport_health& h);
    void store_trouble(store_use use, const std::string& reason);
    void store_well(store_use use);
    void running();
    void ended(const std::string& reason);
    void recovering(bool now);
    // A transport did not take a message: told for a while, as the engine is ready nevertheless.
    void not_taken(const std::string& reason);

    health_report report() const;

  private:
    struct condition {
        bool ok = true;
        std::string reason;
    };

    std::shared_ptr<log_sink> log_;
    mutable std::mutex mutex_;
    condition engine_ = {false, "it was not started"};
    bool ended_ = false;             // its transports may be closed now: no news
    std::array<condition, 2> store_; // by use
    std::vector<condition> transports_;
    bool recovering_ = false;
    std::string not_taken_;
    std::chrono::steady_clock::time_point not_taken_at_;
};

} // namespace sagaflow::runtime
