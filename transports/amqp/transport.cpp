// The transport over RabbitMQ: its two connections, and what is wrong with its options.
#include "consumer.hpp"
#include "publisher.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/error.hpp>
#include <sagaflow/transport.hpp>

#include <fstream>
#include <utility>

namespace sagaflow::amqp {

namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw error(errc::invalid_argument, what);
}

void check_file(const std::string& what, const std::string& file) {
    if (!file.empty() && !std::ifstream(file)) refuse(what + " '" + file + "' can't be read: is it there?");
}

std::vector<endpoint> endpoints(const transport_options& o) {
    if (o.hosts.empty()) refuse("no host: name at least one");
    std::vector<endpoint> all;
    for (const auto& h : o.hosts) all.push_back(parse_endpoint(h, o.tls.enabled));
    return all;
}

void check(const transport_options& o) {
    check_file("the file of certificate authorities", o.tls.ca_file);
    check_file("the client certificate", o.tls.certificate_file);
    check_file("the key", o.tls.key_file);
    if (o.tls.certificate_file.empty() != o.tls.key_file.empty())
        refuse("a client certificate and its key go together: name both files, or none");
    if (o.heartbeat < std::chrono::seconds(1) || o.heartbeat > std::chrono::seconds(65'535))
        refuse("the heartbeat must be from 1 to 65535 seconds");
    if (o.in_flight == 0) refuse("in_flight must be at least 1");
    if (o.delivery_limit == 0) refuse("the delivery limit must be at least 1");
}

transport_options checked(transport_options o) {
    check(o);
    if (!o.envelope) o.envelope = wire::make_cloudevents({.prefix = "ce-"});
    return o;
}

class transport_impl final : public transport {
  public:
    explicit transport_impl(transport_options&& options)
        : options_(checked(std::move(options))),
          board_(2),
          publisher_(options_, options_.envelope, endpoints(options_), board_, 0),
          consumer_(options_, options_.envelope, endpoints(options_), board_, 1) {}
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

  private:
    const transport_options options_;
    transports::health_board board_;
    publisher publisher_;
    consumer consumer_;
};

} // namespace

std::shared_ptr<sagaflow::transport> make_transport(transport_options options) {
    return std::make_shared<transport_impl>(std::move(options));
}

} // namespace sagaflow::amqp
