// A transport whose participants answer every command with success at a steady pace: each saga once a second,
// all of them spread evenly over it.
#pragma once

#include <sagaflow/transport.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace bench {

class paced_transport final : public sagaflow::transport {
  public:
    ~paced_transport() override { close(); }

    // Until then it takes commands and answers none.
    void begin();

    void open(std::vector<std::string> addresses, sagaflow::health_handler on_health) override;
    void publish(std::vector<sagaflow::message> batch, sagaflow::publish_handler done) override;
    void consume(sagaflow::subscription what, sagaflow::delivery_handler handler) override;
    void close() override;

  private:
    void run();

    static constexpr std::size_t slots_a_second = 200;
    std::mutex mutex_;
    std::array<std::vector<sagaflow::delivery>, slots_a_second> due_;
    sagaflow::delivery_handler handler_;
    std::atomic<bool> closed_{false};
    std::thread thread_; // "bench-pace"
};

} // namespace bench
