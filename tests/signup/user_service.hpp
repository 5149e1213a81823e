// The user service without its HTTP interface, over a store that can be held; and chat and customer, which
// answer once they are told to.
#pragma once

#include "base/database.hpp"
#include "base/gate.hpp"
#include "base/worker_pool.hpp"
#include "runtime/support/gated_store.hpp"
#include "saga/contract.hpp"
#include "saga/definitions.hpp"
#include "support/temp_folder.hpp"
#include "user/requester.hpp"
#include "user/requests.hpp"
#include "user/schema.hpp"
#include "user/starter.hpp"
#include "user/steps.hpp"
#include "user/users.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/participant.hpp>
#include <sagaflow/sqlite.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <sqlite3.h>

namespace signup {

// Returns when it holds. For what nobody tells of; the time limit of the test program bounds it.
template <class Condition>
void wait_until(Condition condition) {
    while (!condition()) std::this_thread::yield();
}

struct user_service {
    explicit user_service(const sagaflow::engine_limits& limits = {})
        : engine({.name = "user", .store = disk, .transports = {bus}, .limits = limits}) {
        engine.host(compensating_sign_up());
        engine.host(synchronising_sign_up());
        engine.host(removal());
        serve_user_steps(own_steps);
        others.handle<chat::add>([this](const chat::add&) { return answer(); });
        others.handle<chat::take_back>([](const chat::take_back&) { return sagaflow::nothing{}; });
        others.handle<chat::remove>([](const chat::remove&) { return sagaflow::nothing{}; });
        others.handle<customer::add>([](const customer::add&) { return sagaflow::nothing{}; });
        others.handle<customer::take_back>([](const customer::take_back&) { return sagaflow::nothing{}; });
        others.handle<customer::remove>([](const customer::remove&) { return sagaflow::nothing{}; });
        own_steps.start();
        engine.start();
        running.open();
    }
    ~user_service() {
        disk->open_gate();
        hashers.stop();
        workers.stop();
        engine.stop();
        own_steps.stop();
        others.stop();
        bus->close();
    }
    user_service(const user_service&) = delete;
    user_service& operator=(const user_service&) = delete;

    sagaflow::outcome<sagaflow::nothing> answer() const {
        if (chat_has_everybody) return sagaflow::reject("duplicate-user");
        return sagaflow::nothing{};
    }

    // From here on chat and customer answer.
    void let_others_answer() { others.start(); }

    // Until this it can be read only.
    void let_users_be_written(bool may) {
        users.read([&](sqlite3* db) { execute(db, may ? "PRAGMA query_only=0" : "PRAGMA query_only=1"); });
    }

    request stored(const std::string& user_id) {
        return users.read([&](sqlite3* db) { return find_request(db, user_id); }).value_or(request{});
    }
    request put(const std::string& user_id, const std::string& request_id) {
        request r{.user_id = user_id,
                  .request_id = request_id,
                  .saga_type = compensating_sign_up_type,
                  .user_name = "Ada",
                  .email = "a@b",
                  .password_hash = "hash"};
        users.change([&](sqlite3* db) { return put_request(db, r), true; });
        return r;
    }
    bool is_user(const std::string& user_id) {
        return exists(users.read([&](sqlite3* db) { return find_user(db, user_id); }));
    }

    requested sign_up(const std::string& user_id, const std::string& password = "analytical engine",
                      const std::string& email = "a@b") {
        return asked([&](request_handler done) {
            requests.sign_up({user_id, password, email, "Ada"}, std::move(done));
        });
    }
    requested remove(const std::string& user_id) {
        return asked([&](request_handler done) { requests.remove(user_id, std::move(done)); });
    }

    // What the saga ended with.
    sagaflow::saga_state end_of(const std::string& saga_id) {
        for ([[maybe_unused]] const auto& e : engine.watch(saga_id)) continue;
        return engine.find(saga_id)->state;
    }

    sagaflow::testing::temp_folder folder;
    database users{folder.file("user.db"), user_schema};
    std::shared_ptr<sagaflow::test::gated_store> disk =
        std::make_shared<sagaflow::test::gated_store>(sagaflow::memory::make_store());
    std::shared_ptr<sagaflow::transport> bus = sagaflow::memory::make_transport();
    sagaflow::participant own_steps{
        {.name = "user",
         .transport = bus,
         .inbox = sagaflow::sqlite::open_inbox({.path = folder.file("user.db")})}};
    sagaflow::participant others{{.name = "others", .transport = bus}};
    std::atomic<bool> chat_has_everybody{false};
    sagaflow::engine engine;
    std::atomic<int> wakes{0};
    gate running;
    starter starts{users, engine, running, [this] { ++wakes; }};
    worker_pool hashers{"hash", 1, 1};
    worker_pool workers{"work", 1, 1};
    requester requests{{users, engine, starts, hashers, workers},
                       compensating_sign_up_type,
                       {.memory_kib = 64, .passes = 1}};

  private:
    template <class Ask>
    static requested asked(Ask ask) {
        std::promise<requested> told;
        ask([&](const requested& outcome) { told.set_value(outcome); });
        return told.get_future().get();
    }
};

// Nothing when a saga came of it.
inline std::optional<refusal::reason> refused(const requested& outcome) {
    const auto* why = std::get_if<refusal>(&outcome);
    return why ? std::optional(why->why) : std::nullopt;
}

} // namespace signup
