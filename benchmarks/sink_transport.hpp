// A transport that accepts everything at once and delivers nothing: sagas stay unfinished.
#pragma once

#include <sagaflow/transport.hpp>

#include <atomic>
#include <cstdint>

namespace bench {

class sink_transport : public sagaflow::transport {
  public:
    void open(std::vector<std::string>, sagaflow::health_handler on_health) override { on_health({}); }
    void publish(std::vector<sagaflow::message> batch, sagaflow::publish_handler done) override {
        std::vector<sagaflow::published> all(batch.size());
        for (std::size_t i = 0; i < all.size(); ++i) all[i].index = i;
        taken_ += batch.size();
        done(all);
    }
    void consume(sagaflow::subscription, sagaflow::delivery_handler) override {}
    void close() override {}

    std::uint64_t taken() const { return taken_; }

  private:
    std::atomic<std::uint64_t> taken_{0};
};

} // namespace bench
