// What a transport logged, a line each.
#pragma once

#include <sagaflow/log.hpp>

#include <mutex>
#include <string>
#include <vector>

namespace sagaflow::testing {

// Lines as "warn: the broker is away reason=…".
class line_log final : public log_sink {
  public:
    void write(log_level level, std::string_view message,
               std::span<const log_field> fields) noexcept override {
        std::string line = std::string(to_string(level)) + ": " + std::string(message);
        for (const auto& f : fields) line += " " + std::string(f.key) + "=" + std::string(f.value);
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
    }
    // Those that an operator gets to see.
    std::vector<std::string> above_debug() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> found;
        for (const auto& line : lines_)
            if (!line.starts_with("debug")) found.push_back(line);
        return found;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

} // namespace sagaflow::testing
