// What the users of a transport are told about it.
#pragma once

#include <sagaflow/transport.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace redis {

class health {
  public:
    using condition = sagaflow::transport_health::condition;

    // Tells the user how it is, as soon as that is known, and at every change.
    void add(sagaflow::health_handler user) {
        if (!user) return;
        const std::lock_guard lock(mutex_);
        if (now_) user(*now_);
        if (!closed_) users_.push_back(std::move(user));
    }
    // A part is the publisher, or the reader of a group. Down counts more than blocked, blocked more than up.
    void set(const std::string& part, condition c, const std::string& reason = {}) {
        const std::lock_guard lock(mutex_);
        parts_[part] = {c, reason};
        tell();
    }
    void forget(const std::string& part) {
        const std::lock_guard lock(mutex_);
        parts_.erase(part);
        tell();
    }
    // Tells nobody any more.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        now_ = {.now = condition::down, .reason = "the transport is closed"};
        users_.clear();
    }

  private:
    void tell() {
        sagaflow::transport_health worst;
        for (const auto& [name, how] : parts_) {
            if (how.now == condition::down) worst = how;
            if (how.now == condition::blocked && worst.now == condition::up) worst = how;
        }
        if (closed_ || (now_ && worst.now == now_->now && worst.reason == now_->reason)) return;
        now_ = worst;
        for (const auto& user : users_) user(worst);
    }

    std::mutex mutex_;
    std::optional<sagaflow::transport_health> now_; // once it is known
    std::map<std::string, sagaflow::transport_health> parts_;
    std::vector<sagaflow::health_handler> users_;
    bool closed_ = false;
};

} // namespace redis
