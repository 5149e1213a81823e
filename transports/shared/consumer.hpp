// The thread of one subscription.
#pragma once

#include "group.hpp"

#include <sagaflow/transport.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sagaflow::transports {

class consumer {
  public:
    // The thread is named after `name` and the group. `left` is called, if given, as the last thing on
    // the thread, when what was not settled has gone back to the group.
    consumer(const subscription& what, std::shared_ptr<group> from, delivery_handler handler,
             const std::string& name, std::function<void()> left = {});
    // Joins the thread, or lets it go if it is the caller (the handler held the last reference).
    ~consumer();
    consumer(const consumer&) = delete;
    consumer& operator=(const consumer&) = delete;

    void stop() { group_->stop(*member_); }
    bool finished() const noexcept { return *finished_; }

  private:
    std::shared_ptr<group> group_;
    std::shared_ptr<member> member_;
    std::shared_ptr<std::atomic<bool>> finished_ = std::make_shared<std::atomic<bool>>(false);
    std::thread thread_;
};

// Those that have finished, out of `all`: to be destroyed, which joins their threads, without a lock that a
// handler may want.
std::vector<std::unique_ptr<consumer>> take_finished(std::vector<std::unique_ptr<consumer>>& all);

} // namespace sagaflow::transports
