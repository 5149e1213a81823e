// requester: decides what becomes of a request to sign up or to be removed. One request of a user at a time.
#pragma once

#include "user/passwords.hpp"
#include "user/refusal.hpp"
#include "user/requests.hpp"
#include "user/users.hpp"

#include <sagaflow/engine.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace signup {

class database;
class starter;
class worker_pool;

struct sign_up_fields {
    std::string user_id;
    std::string password;
    std::string email;
    std::string user_name;
};

// The id of the saga that the request became, or is already.
using requested = std::variant<std::string, refusal>;
using request_handler = std::function<void(const requested&)>;

struct requester_parts {
    database& users;
    sagaflow::engine& engine;
    starter& start;
    worker_pool& hashers; // bounds how many passwords are hashed at once, and how many wait for it
    worker_pool& workers;
};

// Any thread; nothing here waits. Handlers are called once, on any thread.
class requester {
  public:
    // `saga_type`: what new sign-ups are started as.
    requester(const requester_parts& with, std::string saga_type, const password_cost& cost);

    void sign_up(sign_up_fields fields, request_handler done);
    void remove(std::string user_id, request_handler done);

  private:
    struct standing {
        std::optional<request> asked; // last
        std::optional<user_row> user;
        bool under_way = false;
    };

    standing look(const std::string& user_id);
    bool under_way(const request& r);
    bool store(const request& fresh, const standing& seen);
    void decide_sign_up(const sign_up_fields& fields, const request_handler& done);
    void decide_removal(const std::string& user_id, const request_handler& done);
    void join(const request& running, const request_handler& done);

    requester_parts with_;
    std::string saga_type_;
    password_cost cost_;
};

} // namespace signup
