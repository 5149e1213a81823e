#include "base/faulty_transport.hpp"

#include <utility>

namespace signup {

namespace {

class faulty_transport final : public sagaflow::transport {
  public:
    faulty_transport(std::shared_ptr<sagaflow::transport> inner, std::shared_ptr<fault_switch> faults)
        : inner_(std::move(inner)), faults_(std::move(faults)) {}

    void open(std::vector<std::string> addresses, sagaflow::health_handler on_health) override {
        inner_->open(std::move(addresses), std::move(on_health));
    }
    void publish(std::vector<sagaflow::message> batch, sagaflow::publish_handler done) override {
        inner_->publish(std::move(batch), std::move(done));
    }
    void consume(sagaflow::subscription what, sagaflow::delivery_handler handler) override;
    void close() override {
        closing_.request_stop();
        inner_->close();
    }

  private:
    std::shared_ptr<sagaflow::transport> inner_;
    std::shared_ptr<fault_switch> faults_;
    std::stop_source closing_;
};

void give_back(const std::vector<sagaflow::delivery>& batch, sagaflow::settler& settle) {
    std::vector<std::uint64_t> tags;
    for (const auto& d : batch) tags.push_back(d.tag);
    settle.settle(tags, sagaflow::settler::verdict::retry);
}

void faulty_transport::consume(sagaflow::subscription what, sagaflow::delivery_handler handler) {
    // One that asks for both: the consumer leaves, or the transport closes.
    std::stop_source stop;
    auto forward = [stop]() mutable { stop.request_stop(); };
    auto leaves = std::make_shared<std::stop_callback<decltype(forward)>>(what.stop, forward);
    auto closes = std::make_shared<std::stop_callback<decltype(forward)>>(closing_.get_token(), forward);
    inner_->consume(
        std::move(what),
        [faults = faults_, token = stop.get_token(), leaves, closes, hear = std::move(handler)](
            std::vector<sagaflow::delivery> batch, const std::shared_ptr<sagaflow::settler>& settle) {
            if (faults->let_through(token))
                hear(std::move(batch), settle);
            else
                give_back(batch, *settle);
        });
}

} // namespace

void fault_switch::set(const fault& f) {
    {
        const std::lock_guard lock(mutex_);
        now_ = f;
    }
    changed_.notify_all();
}

bool fault_switch::let_through(const std::stop_token& stop) {
    const auto since = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    while (!now_.deaf && !stop.stop_requested()) {
        const auto due = since + now_.delay;
        if (std::chrono::steady_clock::now() >= due) return true;
        changed_.wait_until(lock, stop, due,
                            [&, before = now_.delay] { return now_.deaf || now_.delay != before; });
    }
    return false;
}

std::shared_ptr<sagaflow::transport> make_faulty(std::shared_ptr<sagaflow::transport> inner,
                                                 std::shared_ptr<fault_switch> faults) {
    return std::make_shared<faulty_transport>(std::move(inner), std::move(faults));
}

} // namespace signup
