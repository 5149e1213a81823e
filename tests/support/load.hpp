// Messages on their way while something happens to their broker.
#pragma once

#include "arrivals.hpp"

#include <sagaflow/testing/transport_script.hpp>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

// Publishes some messages of many sagas, again and again, whether they are accepted or not.
class load {
  public:
    load(std::shared_ptr<transport> bus, std::string topic)
        : topic_(std::move(topic)), out_(std::move(bus)), thread_([this](const std::stop_token& stop) {
              for (int n = 0; !stop.stop_requested(); ++n) {
                  std::vector<message> batch;
                  for (int saga = 0; saga < 10; ++saga)
                      batch.push_back(make_message(topic_, "saga-" + std::to_string(saga), n));
                  batches_.emplace_back(out_.publish(batch), batch);
                  std::this_thread::sleep_for(std::chrono::milliseconds(30));
              }
          }) {}

    // Ends it, publishes again what failed, and expects that all came.
    void expect_all_at(const receiver& r) {
        thread_.request_stop();
        thread_.join();
        std::set<std::string> expected;
        for (auto& [number, batch] : batches_) {
            const auto verdicts = out_.wait(number);
            std::vector<message> again;
            for (std::size_t i = 0; i < batch.size(); ++i) {
                expected.insert(batch[i].id);
                if (verdicts[i] != published::verdict::accepted) again.push_back(batch[i]);
            }
            out_.publish_all(std::move(again));
        }
        EXPECT_EQ(wait_for_different(r, expected.size()), expected);
        EXPECT_EQ(out_.report_counts(), std::vector<std::size_t>{1});
    }

  private:
    const std::string topic_;
    publisher out_;
    std::vector<std::pair<std::size_t, std::vector<message>>> batches_;
    std::jthread thread_;
};

// In a long run the broker is away for a minute in all, else until it is noticed.
inline void stay_away(std::chrono::steady_clock::time_point since) {
    const char* const is_long = std::getenv("SAGAFLOW_LONG");
    if (is_long != nullptr && std::string(is_long) == "1")
        std::this_thread::sleep_until(since + std::chrono::minutes(1));
}

} // namespace sagaflow::testing
