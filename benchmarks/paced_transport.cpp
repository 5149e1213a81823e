#include "paced_transport.hpp"

#include <chrono>
#include <functional>
#include <utility>

#include <pthread.h>

namespace bench {
namespace {

class forgetful_settler final : public sagaflow::settler {
    void settle(std::span<const std::uint64_t>, verdict) noexcept override {}
};

sagaflow::message answer_to(const sagaflow::message& command) {
    sagaflow::message m;
    m.address = command.reply_to;
    m.id = command.id + "/reply";
    m.source = "bench";
    m.type = command.type;
    m.kind = sagaflow::message_kind::reply;
    m.saga_id = command.saga_id;
    m.saga_type = command.saga_type;
    m.step = command.step;
    m.causation_id = command.id;
    m.body = "{}";
    return m;
}

} // namespace

void paced_transport::begin() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "bench-pace");
        run();
    });
}

void paced_transport::run() {
    const auto settler = std::make_shared<forgetful_settler>();
    auto next = std::chrono::steady_clock::now();
    for (std::size_t slot = 0; !closed_; slot = (slot + 1) % slots_a_second) {
        next += std::chrono::microseconds(1'000'000 / slots_a_second);
        std::this_thread::sleep_until(next);
        std::vector<sagaflow::delivery> due;
        {
            const std::lock_guard lock(mutex_);
            due.swap(due_[slot]);
        }
        if (!due.empty()) handler_(std::move(due), settler);
    }
}

void paced_transport::open(std::vector<std::string>, sagaflow::health_handler on_health) {
    on_health({});
}

void paced_transport::publish(std::vector<sagaflow::message> batch, sagaflow::publish_handler done) {
    std::vector<sagaflow::published> reports(batch.size());
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < batch.size(); ++i) {
            reports[i].index = i;
            const std::size_t slot = std::hash<std::string>{}(batch[i].saga_id) % slots_a_second;
            due_[slot].push_back({answer_to(batch[i]), 0});
        }
    }
    if (done) done(reports);
}

void paced_transport::consume(sagaflow::subscription, sagaflow::delivery_handler handler) {
    handler_ = std::move(handler);
}

void paced_transport::close() {
    closed_ = true;
    if (thread_.joinable()) thread_.join();
}

} // namespace bench
