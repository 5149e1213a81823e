#include "programs/copy_program.hpp"

#include "base/worker_pool.hpp"
#include "copy/members.hpp"
#include "programs/folder.hpp"
#include "web/demo_routes.hpp"

#include <sagaflow/http_health.hpp>
#include <sagaflow/http_metrics.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

namespace signup {

namespace {

using namespace std::chrono_literals;
using sagaflow::transport_health;

constexpr std::size_t waiting_requests = 256;

// How the broker is, as it last said.
class broker_note {
  public:
    void note(const transport_health& h) {
        const std::lock_guard lock(mutex_);
        last_ = h;
    }
    sagaflow::health_report::part report() const {
        const std::lock_guard lock(mutex_);
        return {"transport", last_.now == transport_health::condition::up, last_.reason};
    }

  private:
    mutable std::mutex mutex_;
    transport_health last_ = {transport_health::condition::down, "it was not asked yet"};
};

sagaflow::http::server_options server_of(sagaflow::http::server_options o,
                                         const std::shared_ptr<sagaflow::log_sink>& log) {
    o.log = log.get();
    return o;
}

} // namespace

copying_service_options chat_options(const program_options& o) {
    return {file_in(o, "chat.db"), o.chat.group, o.chat_topic(), serve_chat};
}

copying_service_options customer_options(const program_options& o) {
    return {file_in(o, "customer.db"), o.customer.group, o.customer_topic(), serve_customer};
}

struct copy_program::parts {
    parts(const copying_service_options& o, const copy_options& with, role of,
          std::shared_ptr<sagaflow::transport> carrier, const std::shared_ptr<sagaflow::log_sink>& sink)
        : log(sink),
          bus(std::move(carrier)),
          topic(o.topic),
          service(o, bus, sink),
          workers("copy-work", 1, waiting_requests),
          server(server_of(with.http, sink)) {
        add_demo_routes(server, {of == role::chat ? &service : nullptr,
                                 of == role::customer ? &service : nullptr, workers});
        sagaflow::http::add_health(server, [this] { return health(); });
        sagaflow::http::add_metrics(server, [this] { return service.metrics(); });
    }

    sagaflow::health_report health() const {
        const auto trouble = service.trouble();
        sagaflow::health_report r{.ready = false,
                                  .parts = {broker->report(), {"database", trouble.empty(), trouble}}};
        if (!started) r.parts.push_back({"service", false, "it is starting"});
        r.ready = started && r.parts[0].ok && r.parts[1].ok;
        return r;
    }

    std::shared_ptr<sagaflow::log_sink> log;
    std::shared_ptr<sagaflow::transport> bus;
    std::string topic;
    std::shared_ptr<broker_note> broker = std::make_shared<broker_note>();
    std::atomic<bool> started = false;
    copying_service service;
    worker_pool workers;
    sagaflow::http::server server;
};

copy_program::copy_program(const program_options& o, role of, std::shared_ptr<sagaflow::transport> bus,
                           const std::shared_ptr<sagaflow::log_sink>& log) {
    const bool chat = of == role::chat;
    parts_ = std::make_unique<parts>(chat ? chat_options(o) : customer_options(o), chat ? o.chat : o.customer,
                                     of, std::move(bus), log);
}

copy_program::~copy_program() {
    stop();
}

void copy_program::listen() {
    parts_->server.start();
}

void copy_program::start() {
    parts_->bus->open({parts_->topic}, [note = parts_->broker](const auto& h) { note->note(h); });
    parts_->service.start();
    parts_->started = true;
}

void copy_program::stop() {
    parts_->server.stop(2s);
    parts_->workers.stop();
    parts_->service.stop();
}

std::uint16_t copy_program::port() const {
    return parts_->server.port();
}

} // namespace signup
