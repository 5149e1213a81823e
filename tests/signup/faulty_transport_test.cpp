#include "base/faulty_transport.hpp"

#include <sagaflow/memory.hpp>

#include <future>
#include <string>

#include <gtest/gtest.h>

namespace signup {
namespace {

using namespace std::chrono_literals;

struct faulty : ::testing::Test {
    faulty() {
        bus->open({"chat"}, nullptr);
        service->consume({.address = "chat", .group = "chat", .types = {}, .stop = leaving.get_token()},
                         [this](std::vector<sagaflow::delivery> batch, const auto& settle) {
                             std::vector<std::uint64_t> tags;
                             for (const auto& d : batch) tags.push_back(d.tag);
                             settle->settle(tags, sagaflow::settler::verdict::acknowledge);
                             for (const auto& d : batch) heard.set_value(d.content.id);
                         });
    }
    ~faulty() override { service->close(); }

    void send(const std::string& id) {
        sagaflow::message m;
        m.address = "chat";
        m.id = id;
        bus->publish({m}, nullptr);
    }
    bool hears_within(std::chrono::milliseconds time) {
        return next.wait_for(time) == std::future_status::ready;
    }

    std::shared_ptr<fault_switch> faults = std::make_shared<fault_switch>();
    std::shared_ptr<sagaflow::transport> bus = sagaflow::memory::make_transport();
    std::shared_ptr<sagaflow::transport> service = make_faulty(bus, faults);
    std::stop_source leaving;
    std::promise<std::string> heard;
    std::future<std::string> next = heard.get_future();
};

TEST_F(faulty, passes_deliveries_on) {
    send("1");
    EXPECT_EQ(next.get(), "1");
}

TEST_F(faulty, loses_nothing_while_it_is_deaf) {
    faults->set({.deaf = true});
    send("1");
    EXPECT_FALSE(hears_within(30ms));
    faults->set({});
    EXPECT_EQ(next.get(), "1");
}

TEST_F(faulty, holds_deliveries_back_while_it_is_slow) {
    const auto before = std::chrono::steady_clock::now();
    faults->set({.delay = 50ms});
    send("1");
    EXPECT_EQ(next.get(), "1");
    EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
}

TEST_F(faulty, feels_at_once_that_it_is_no_longer_slow) {
    faults->set({.delay = 10min});
    send("1");
    EXPECT_FALSE(hears_within(30ms));
    faults->set({});
    EXPECT_EQ(next.get(), "1");
}

TEST_F(faulty, closes_while_a_delivery_is_held_back) {
    faults->set({.delay = 10min});
    send("1");
    EXPECT_FALSE(hears_within(30ms));
    service->close();
    EXPECT_FALSE(hears_within(0ms));
}

TEST_F(faulty, leaves_while_a_delivery_is_held_back) {
    faults->set({.delay = 10min});
    send("1");
    EXPECT_FALSE(hears_within(30ms));
    leaving.request_stop();
    bus->close();
}

} // namespace
} // namespace signup
