// A participant "chat" on a transport that the test plays.
#pragma once

#include "chat.hpp"
#include "scripted_transport.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

struct chat : ::testing::Test {
    // Makes and starts it. A user "throws" or "rejects"; any other gets a room.
    void start(participant_options with = {}) {
        with.name = "chat";
        with.transport = bus;
        service.emplace(std::move(with));
        service->handle<chats::open>([this](const chats::open& c) -> outcome<chats::opened> {
            handled.push_back(c.user);
            if (c.user == "throws") throw std::runtime_error("deadlock");
            if (c.user == "rejects") return reject("duplicate-user");
            return chats::opened{"room of " + c.user};
        });
        service->handle<chats::close>([this](const chats::close&) {
            ++closed;
            return nothing{};
        });
        service->start();
    }
    participant_options with_inbox() {
        participant_options o;
        o.batch_time = std::chrono::hours(1); // no test hangs on how fast this machine is
        o.inbox = rows;
        return o;
    }
    double counted(const std::string& name, const std::string& result = {}) const {
        double sum = 0;
        for (const auto& m : service->metrics()) {
            if (m.name == "sagaflow_participant_" + name + "_total" &&
                (result.empty() || m.labels.back().second == result))
                sum += m.value;
        }
        return sum;
    }

    std::shared_ptr<scripted_transport> bus = std::make_shared<scripted_transport>();
    std::shared_ptr<flaky_inbox> rows = std::make_shared<flaky_inbox>();
    std::vector<std::string> handled;
    int closed = 0;
    std::optional<participant> service;
};

} // namespace sagaflow::testing
