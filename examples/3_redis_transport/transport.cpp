#include "publisher.hpp"
#include "reader.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>

namespace redis {

namespace {

class transport final : public sagaflow::transport {
  public:
    explicit transport(const options& o) : options_(o), publisher_(options_, envelope_, health_) {}
    ~transport() override { close(); }

    // A stream needs no declaration.
    void open(std::vector<std::string>, sagaflow::health_handler on_health) override {
        publisher_.start();
        health_.add(std::move(on_health));
    }

    void publish(std::vector<sagaflow::message> batch, sagaflow::publish_handler done) override {
        publisher_.publish(batch, std::move(done));
    }

    void consume(sagaflow::subscription what, sagaflow::delivery_handler handler) override;
    void close() override;

  private:
    const options options_;
    const std::shared_ptr<const sagaflow::wire::envelope> envelope_ =
        sagaflow::wire::make_cloudevents(options_.envelope);
    health health_;
    publisher publisher_;
    std::mutex closing_; // held while a close() waits, so that another one waits too
    std::mutex mutex_;   // of the two below
    std::vector<std::unique_ptr<reader>> readers_;
    bool closed_ = false;
};

// [consume]
void transport::consume(sagaflow::subscription what, sagaflow::delivery_handler handler) {
    const std::lock_guard lock(mutex_);
    if (closed_) throw sagaflow::error(sagaflow::errc::stopped, "the transport is closed: make a new one");
    std::erase_if(readers_, [](const auto& r) { return r->finished(); });
    for (const auto& r : readers_)
        if (r->what().address == what.address && r->leaving()) r->wait_until_released();
    for (const auto& r : readers_) {
        const auto& known = r->what();
        if (known.address == what.address && known.group == what.group && known.types == what.types &&
            known.sole_owner == what.sole_owner && r->join(what, handler))
            return;
    }
    auto added = std::make_unique<reader>(options_, envelope_, health_, what);
    added->wait_until_let_in();
    added->join(what, std::move(handler));
    readers_.push_back(std::move(added));
}
// [/consume]

// [close]
void transport::close() {
    const std::lock_guard waits(closing_);
    std::vector<std::unique_ptr<reader>> readers;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        readers.swap(readers_);
    }
    health_.close();
    publisher_.close();                       // frees the handlers that wait for it
    for (const auto& r : readers) r->leave(); // all at once; then each is waited for
}
// [/close]

} // namespace

std::shared_ptr<sagaflow::transport> make_transport(options o) {
    return std::make_shared<transport>(o);
}

} // namespace redis
