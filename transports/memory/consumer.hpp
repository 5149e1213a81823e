// The thread of one subscription.
#pragma once

#include "group.hpp"

#include <sagaflow/transport.hpp>

#include <atomic>
#include <memory>
#include <thread>

namespace sagaflow::memory {

class consumer {
  public:
    consumer(const subscription& what, std::shared_ptr<group> from, delivery_handler handler);
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

} // namespace sagaflow::memory
