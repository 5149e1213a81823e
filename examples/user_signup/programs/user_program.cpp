#include "programs/user_program.hpp"

#include "base/database.hpp"
#include "base/gate.hpp"
#include "base/worker_pool.hpp"
#include "programs/folder.hpp"
#include "saga/contract.hpp"
#include "saga/definitions.hpp"
#include "user/bookkeeper.hpp"
#include "user/requester.hpp"
#include "user/schema.hpp"
#include "user/starter.hpp"
#include "user/steps.hpp"
#include "web/demo_routes.hpp"
#include "web/page_routes.hpp"
#include "web/user_routes.hpp"

#include <sagaflow/http_health.hpp>
#include <sagaflow/http_metrics.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/participant.hpp>
#include <sagaflow/sqlite.hpp>

#include <algorithm>
#include <utility>

namespace signup {

namespace {

using namespace std::chrono_literals;
using sagaflow::participant;

constexpr std::size_t lookup_threads = 2;
constexpr std::size_t waiting_lookups = 4096;
constexpr std::size_t waiting_tries = 256;
constexpr const char* own_address = "user"; // in the process; no other service reads it

std::map<std::string, sagaflow::route> routes_of(const program_options& o,
                                                 const std::shared_ptr<sagaflow::transport>& bus,
                                                 const std::shared_ptr<sagaflow::transport>& own) {
    std::map<std::string, sagaflow::route> routes;
    const auto add = [&](std::string_view type, const std::string& address, const auto& transport) {
        routes.emplace(type, sagaflow::route{address, transport});
    };
    for (const auto type :
         {user::reserve::type, user::release::type, user::activate::type, user::create::type,
          user::deactivate::type, user::reactivate::type, user::erase::type}) {
        add(type, own_address, own);
    }
    for (const auto type :
         {chat::add::type, chat::take_back::type, chat::remove::type, chat::put_back::type}) {
        add(type, o.chat_topic(), bus);
    }
    for (const auto type :
         {customer::add::type, customer::take_back::type, customer::remove::type, customer::put_back::type}) {
        add(type, o.customer_topic(), bus);
    }
    return routes;
}

sagaflow::http::server_options server_of(const program_options& o, sagaflow::log_sink* log) {
    auto h = o.http;
    h.log = log;
    return h;
}

// Whatever fits into a request's body fits into its saga, which writes the same fields under longer names.
sagaflow::engine_limits limits_of(const program_options& o) {
    constexpr std::size_t longer = 1024;
    auto limits = o.limits;
    limits.payload_bytes = std::max(limits.payload_bytes, o.http.limits.body_bytes + longer);
    return limits;
}

} // namespace

struct user_program::parts {
    parts(const program_options& o, std::shared_ptr<sagaflow::transport> carrier, demo_service& chat,
          demo_service& customer, const std::shared_ptr<sagaflow::log_sink>& sink, metrics_source more);

    void start();
    void stop();
    sagaflow::health_report health();
    std::vector<sagaflow::metric> metrics() const;

    std::shared_ptr<sagaflow::log_sink> log;
    std::shared_ptr<sagaflow::transport> bus;
    std::shared_ptr<sagaflow::transport> own = sagaflow::memory::make_transport();
    std::shared_ptr<sagaflow::store> store;

    database users;
    participant user;

    sagaflow::engine engine;
    metrics_source also;
    gate running; // the engine is
    starter starts;
    bookkeeper books;
    worker_pool hashers;
    worker_pool workers;
    worker_pool tryers;
    requester requests;
    sagaflow::http::server server;
};

// The store first: it refuses a folder that another process holds.
user_program::parts::parts(const program_options& o, std::shared_ptr<sagaflow::transport> carrier,
                           demo_service& chat, demo_service& customer,
                           const std::shared_ptr<sagaflow::log_sink>& sink, metrics_source more)
    : log(sink),
      bus(std::move(carrier)),
      store(sagaflow::sqlite::open({.path = file_in(o, "sagas.db")})),
      users(file_in(o, "user.db"), user_schema),
      user({.name = "user",
            .transport = own,
            .inbox = sagaflow::sqlite::open_inbox({.path = file_in(o, "user.db")}),
            .addresses = {own_address},
            .log = sink}),
      engine({.name = o.user_group,
              .store = store,
              .transports = {bus, own},
              .routes = routes_of(o, bus, own),
              .reply_address = o.replies_topic,
              .limits = limits_of(o),
              .retention = o.retention,
              .resend_per_second = o.resend_per_second,
              .log = sink}),
      also(std::move(more)),
      starts(users, engine, running, [this] { books.wake(); }),
      books({users, engine, starts, sink.get()}, o.retention),
      hashers("signup-hash", o.password_threads, o.password_queue),
      workers("signup-work", lookup_threads, waiting_lookups),
      tryers("signup-try", 1, waiting_tries),
      requests({users, engine, starts, hashers, workers},
               o.flow == flow::compensate ? compensating_sign_up_type : synchronising_sign_up_type,
               o.password),
      server(server_of(o, sink.get())) {
    serve_user_steps(user);
    engine.host(compensating_sign_up());
    engine.host(synchronising_sign_up());
    engine.host(removal());
    add_page_routes(server);
    add_demo_routes(server, {&chat, &customer, tryers});
    add_user_routes(server, {requests, users, engine, running, workers}, o.stream);
    sagaflow::http::add_health(server, [this] { return health(); });
    sagaflow::http::add_metrics(server, [this] { return metrics(); });
}

void user_program::parts::start() {
    user.start();
    engine.start();
    running.open();
    books.start();
}

void user_program::parts::stop() {
    server.stop(3s);
    hashers.stop();
    workers.stop();
    tryers.stop();
    books.stop();
    engine.stop(5s);
    user.stop();
    own->close();
}

sagaflow::health_report user_program::parts::health() {
    auto report = engine.health();
    const auto trouble = users.trouble();
    report.parts.push_back({"user database", trouble.empty(), trouble});
    report.ready = report.ready && trouble.empty();
    return report;
}

std::vector<sagaflow::metric> user_program::parts::metrics() const {
    auto all = engine.metrics();
    const auto add = [&all](const std::vector<sagaflow::metric>& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    add(user.metrics());
    if (also) add(also());
    return all;
}

user_program::user_program(const program_options& options, std::shared_ptr<sagaflow::transport> bus,
                           demo_service& chat, demo_service& customer,
                           const std::shared_ptr<sagaflow::log_sink>& log, metrics_source also)
    : parts_(std::make_unique<parts>(options, std::move(bus), chat, customer, log, std::move(also))) {}

user_program::~user_program() {
    stop();
}

void user_program::listen() {
    parts_->server.start();
}

void user_program::start() {
    parts_->start();
}

void user_program::stop() {
    parts_->stop();
}

std::uint16_t user_program::port() const {
    return parts_->server.port();
}

} // namespace signup
