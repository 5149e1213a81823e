// The transport over RabbitMQ: its two connections, and how it is.
#include "consumer.hpp"
#include "publisher.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/error.hpp>
#include <sagaflow/transport.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace sagaflow::amqp {

namespace {

std::vector<endpoint> endpoints(const transport_options& o) {
    std::vector<endpoint> all;
    for (const auto& h : o.hosts) all.push_back(parse_endpoint(h, o.tls.enabled));
    return all;
}

transport_options checked(transport_options options) {
    if (const auto refused = check(options); !refused.empty())
        throw error(errc::invalid_argument,
                    "the AMQP transport's option '" + refused.front().name + "': " + refused.front().what);
    return options;
}

std::shared_ptr<const wire::envelope> envelope_of(const transport_options& options) {
    if (options.envelope) return options.envelope;
    wire::cloudevents_options how;
    how.limits.body_bytes = std::max(how.limits.body_bytes, options.message_bytes);
    return wire::make_cloudevents(how);
}

class transport_impl final : public transport {
  public:
    explicit transport_impl(transport_options&& options)
        : options_(checked(std::move(options))),
          envelope_(envelope_of(options_)),
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
    // Whoever has it last may be one of its own threads, in a handler of the user's.
    return {new transport_impl(std::move(options)), [](transport_impl* last) {
                if (last->is_own_thread()) {
                    std::thread([last] { delete last; }).detach();
                } else {
                    delete last;
                }
            }};
}

} // namespace sagaflow::amqp
