// The transport over RabbitMQ: its two connections, and how it is.
#include "../shared/making.hpp"
#include "consumer.hpp"
#include "publisher.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/transport.hpp>

#include <utility>

namespace sagaflow::amqp {

namespace {

std::vector<endpoint> endpoints(const transport_options& o) {
    std::vector<endpoint> all;
    for (const auto& h : o.hosts) all.push_back(parse_endpoint(h, o.tls.enabled));
    return all;
}

class transport_impl final : public transport {
  public:
    explicit transport_impl(transport_options&& options)
        : options_(transports::checked(std::move(options), "AMQP")),
          envelope_(transports::envelope_of(options_, "ce-")),
          board_(2),
          publisher_(options_, envelope_, endpoints(options_), board_, 0),
          consumer_(options_, envelope_, endpoints(options_), board_, 1) {}
    ~transport_impl() override { transport_impl::close(); }

    void open(std::vector<std::string> addresses, health_handler on_health) override {
        board_.add(std::move(on_health));
        publisher_.open(std::move(addresses));
        consumer_.open();
    }
    void publish(std::vector<message> batch, publish_handler done) override {
        publisher_.publish(std::move(batch), std::move(done));
    }
    void consume(subscription what, delivery_handler handler) override {
        consumer_.consume(std::move(what), std::move(handler));
    }
    void close() override {
        publisher_.close();
        consumer_.close();
        board_.close();
    }

    // Whether this is a thread that the destructor waits for.
    bool is_own_thread() const { return publisher_.is_own_thread() || consumer_.is_own_thread(); }

  private:
    const transport_options options_;
    const std::shared_ptr<const wire::envelope> envelope_;
    transports::health_board board_;
    publisher publisher_;
    consumer consumer_;
};

} // namespace

std::shared_ptr<sagaflow::transport> make_transport(transport_options options) {
    return transports::shared_with_its_threads(std::make_unique<transport_impl>(std::move(options)));
}

} // namespace sagaflow::amqp
