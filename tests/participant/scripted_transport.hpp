// A transport whose broker is the test: it delivers on the test's own thread and says what becomes of a
// publish.
#pragma once

#include <sagaflow/transport.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sagaflow::testing {

class scripted_transport : public transport {
  public:
    void open(std::vector<std::string> addresses, health_handler on_health) override {
        opened = std::move(addresses);
        health = std::move(on_health);
        health({});
    }
    void publish(std::vector<message> batch, publish_handler done) override {
        std::vector<published> report;
        for (std::size_t i = 0; i < batch.size(); ++i)
            report.push_back(
                {i, verdict, verdict == published::verdict::accepted ? "" : "the broker says no"});
        for (auto& m : batch) sent.push_back(std::move(m));
        if (hold) {
            held.emplace_back(std::move(done), std::move(report));
        } else {
            done(report);
        }
    }
    void consume(subscription what, delivery_handler handler) override {
        subscriptions.push_back(what);
        handlers[what.address] = std::move(handler);
    }
    void close() override {}

    // Returns the tags, the first of them being the returned number.
    std::uint64_t deliver(const std::vector<message>& what) {
        std::vector<delivery> batch;
        const auto first = next_tag;
        for (const auto& m : what) batch.push_back({m, next_tag++});
        handlers.at(what.front().address)(std::move(batch), settled);
        return first;
    }
    std::uint64_t deliver(const message& m) { return deliver(std::vector<message>{m}); }
    void release_held() {
        for (auto& [done, report] : std::exchange(held, {})) done(report);
    }

    // "acknowledge", "retry", or "open".
    std::string end_of(std::uint64_t tag) const {
        const auto found = settled->verdicts.find(tag);
        if (found == settled->verdicts.end()) return "open";
        return found->second == settler::verdict::retry ? "retry" : "acknowledge";
    }

    published::verdict verdict = published::verdict::accepted;
    health_handler health;
    bool hold = false;
    std::vector<std::string> opened;
    std::vector<subscription> subscriptions;
    std::vector<message> sent;

  private:
    struct recorder : settler {
        void settle(std::span<const std::uint64_t> tags, settler::verdict v) noexcept override {
            for (const auto tag : tags) verdicts.emplace(tag, v);
        }
        std::map<std::uint64_t, settler::verdict> verdicts;
    };
    std::map<std::string, delivery_handler> handlers;
    std::vector<std::pair<publish_handler, std::vector<published>>> held;
    std::shared_ptr<recorder> settled = std::make_shared<recorder>();
    std::uint64_t next_tag = 1;
};

} // namespace sagaflow::testing
