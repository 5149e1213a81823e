// What a transport told of its health.
#pragma once

#include <sagaflow/testing/transport_script.hpp>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace sagaflow::testing {

class health_log {
  public:
    health_handler handler() {
        return [this](const transport_health& h) {
            const std::lock_guard lock(mutex_);
            told_.push_back(h);
            changed_.notify_all();
        };
    }
    // The reason of the first that is so, of those that no call before has seen.
    std::string wait_for(transport_health::condition c, const std::string& reason_part = {}) {
        std::unique_lock lock(mutex_);
        std::string found;
        const auto there = [&] {
            for (auto i = seen_; i < told_.size(); ++i) {
                if (told_[i].now != c || told_[i].reason.find(reason_part) == std::string::npos) continue;
                found = told_[i].reason;
                seen_ = i + 1;
                return true;
            }
            return false;
        };
        if (!changed_.wait_for(lock, patience, there))
            throw std::runtime_error("health was never so: " + reason_part +
                                     "; last: " + (told_.empty() ? "" : told_.back().reason));
        return found;
    }

    // All that was told so far.
    std::vector<transport_health> told() const {
        const std::lock_guard lock(mutex_);
        return told_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<transport_health> told_;
    std::size_t seen_ = 0;
};

} // namespace sagaflow::testing
