#include "program.hpp"

#include "base/database.hpp"
#include "base/faulty_transport.hpp"
#include "base/worker_pool.hpp"
#include "copy/members.hpp"
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
#include <sagaflow/memory.hpp>
#include <sagaflow/participant.hpp>
#include <sagaflow/sqlite.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace signup {

namespace {

using namespace std::chrono_literals;
using sagaflow::participant;

constexpr std::size_t lookup_threads = 2;
constexpr std::size_t waiting_lookups = 4096;
constexpr const char* own_address = "user"; // in the process; no other service reads it

std::string file_in(const program_options& o, const char* name) {
    return (std::filesystem::path(o.data) / name).string();
}

// Makes the folder; returns the file of the sagas in it.
std::string prepare_folder(const program_options& o) {
    std::error_code why;
    std::filesystem::create_directories(o.data, why);
    if (!why && !std::filesystem::is_directory(o.data, why))
        why = std::make_error_code(std::errc::not_a_directory);
    if (why) {
        throw sagaflow::error(sagaflow::errc::io, "the data folder " + o.data + " can't be used: " +
                                                      why.message() + "; name another with --data");
    }
    return file_in(o, "sagas.db");
}

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
         {chat::add::type, chat::take_back::type, chat::remove::type, chat::put_back::type,
          customer::add::type, customer::take_back::type, customer::remove::type, customer::put_back::type}) {
        add(type, o.commands_topic, bus);
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

// A service that reads the shared topic.
struct copying_service {
    copying_service(const program_options& o, const char* file, const std::string& group,
                    const std::shared_ptr<sagaflow::transport>& bus,
                    const std::shared_ptr<sagaflow::log_sink>& log)
        : users(file_in(o, file), members_schema),
          reads({.name = group,
                 .transport = make_faulty(bus, faults),
                 .inbox = sagaflow::sqlite::open_inbox({.path = file_in(o, file)}),
                 .addresses = {o.commands_topic},
                 .on_unreadable = sagaflow::unreadable::skip,
                 .log = log}) {}

    std::shared_ptr<fault_switch> faults = std::make_shared<fault_switch>();
    database users;
    participant reads;
};

} // namespace

struct program::parts {
    parts(const program_options& o, const std::shared_ptr<sagaflow::log_sink>& sink);

    void start();
    void stop();
    sagaflow::health_report health();

    std::shared_ptr<sagaflow::log_sink> log;
    std::shared_ptr<sagaflow::transport> bus = sagaflow::memory::make_transport();
    std::shared_ptr<sagaflow::transport> own = sagaflow::memory::make_transport();
    std::shared_ptr<sagaflow::store> store;

    database users;
    participant user;
    copying_service chat;
    copying_service customer;

    sagaflow::engine engine;
    starter starts;
    bookkeeper books;
    worker_pool hashers;
    worker_pool workers;
    requester requests;
    sagaflow::http::server server;
};

// The store first: it refuses a folder that another process holds.
program::parts::parts(const program_options& o, const std::shared_ptr<sagaflow::log_sink>& sink)
    : log(sink),
      store(sagaflow::sqlite::open({.path = prepare_folder(o)})),
      users(file_in(o, "user.db"), user_schema),
      user({.name = "user",
            .transport = own,
            .inbox = sagaflow::sqlite::open_inbox({.path = file_in(o, "user.db")}),
            .addresses = {own_address},
            .log = sink}),
      chat(o, "chat.db", o.chat_group, bus, sink),
      customer(o, "customer.db", o.customer_group, bus, sink),
      engine({.name = "user",
              .store = store,
              .transports = {bus, own},
              .routes = routes_of(o, bus, own),
              .reply_address = o.replies_topic,
              .limits = limits_of(o),
              .retention = o.retention,
              .resend_per_second = o.resend_per_second,
              .log = sink}),
      starts(users, engine, [this] { books.wake(); }),
      books({users, engine, starts, sink.get()}, o.retention),
      hashers("signup-hash", o.password_threads, o.password_queue),
      workers("signup-work", lookup_threads, waiting_lookups),
      requests({users, engine, starts, hashers, workers},
               o.flow == flow::compensate ? compensating_sign_up_type : synchronising_sign_up_type,
               o.password),
      server(server_of(o, sink.get())) {
    serve_user_steps(user);
    serve_chat(chat.reads);
    serve_customer(customer.reads);
    engine.host(compensating_sign_up());
    engine.host(synchronising_sign_up());
    engine.host(removal());
    add_page_routes(server);
    add_demo_routes(server, {{chat.users, *chat.faults}, {customer.users, *customer.faults}, workers});
    add_user_routes(server, {requests, users, engine, workers}, o.stream);
    sagaflow::http::add_health(server, [this] { return health(); });
}

void program::parts::start() {
    user.start();
    chat.reads.start();
    customer.reads.start();
    engine.start();
    books.start();
    server.start();
}

void program::parts::stop() {
    server.stop(3s);
    hashers.stop();
    workers.stop();
    books.stop();
    engine.stop(5s);
    user.stop();
    chat.reads.stop();
    customer.reads.stop();
    bus->close();
    own->close();
}

sagaflow::health_report program::parts::health() {
    auto report = engine.health();
    const auto trouble = users.trouble();
    report.parts.push_back({"user database", trouble.empty(), trouble});
    report.ready = report.ready && trouble.empty();
    return report;
}

program::program(const program_options& options, std::shared_ptr<sagaflow::log_sink> log)
    : parts_(std::make_unique<parts>(options, log)) {}

program::~program() {
    stop();
}

void program::start() {
    parts_->start();
}

void program::stop() {
    parts_->stop();
}

std::uint16_t program::port() const {
    return parts_->server.port();
}

} // namespace signup
