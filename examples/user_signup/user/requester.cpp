#include "user/requester.hpp"

#include "base/database.hpp"
#include "base/worker_pool.hpp"
#include "saga/definitions.hpp"
#include "user/starter.hpp"

#include <sagaflow/error.hpp>

#include <utility>

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace signup {

namespace {

using reason = refusal::reason;

std::string new_request_id() {
    return to_string(boost::uuids::random_generator_pure()());
}

// Runs work on the pool; what it throws becomes a refusal.
template <class Work>
void run_on(worker_pool& pool, const request_handler& done, Work work) {
    auto task = [done, work = std::move(work)] {
        try {
            work(done);
        } catch (const std::exception& e) {
            done(refusal{reason::unavailable, e.what()});
        }
    };
    if (!pool.post(std::move(task))) {
        done(refusal{reason::overloaded, "too many requests are being worked on: try again in a moment"});
    }
}

request sign_up_of(const sign_up_fields& f, const std::string& saga_type, const std::string& hash) {
    return {.user_id = f.user_id,
            .request_id = new_request_id(),
            .saga_type = saga_type,
            .kind = request_kind::sign_up,
            .user_name = f.user_name,
            .email = f.email,
            .password_hash = hash};
}

request removal_of(const user_row& u) {
    return {.user_id = u.user_id,
            .request_id = new_request_id(),
            .saga_type = removal_type,
            .kind = request_kind::removal,
            .user_name = u.user_name,
            .email = u.email,
            .password_hash = {}};
}

bool same_sign_up(const request& running, const sign_up_fields& f) {
    return running.email == f.email && running.user_name == f.user_name &&
           verify_password(f.password, running.password_hash);
}

} // namespace

requester::requester(const requester_parts& with, std::string saga_type, const password_cost& cost)
    : with_(with), saga_type_(std::move(saga_type)), cost_(cost) {}

void requester::sign_up(sign_up_fields fields, request_handler done) {
    run_on(with_.hashers, done, [this, fields = std::move(fields)](const request_handler& answer) {
        decide_sign_up(fields, answer);
    });
}

void requester::remove(std::string user_id, request_handler done) {
    run_on(with_.workers, done, [this, user_id = std::move(user_id)](const request_handler& answer) {
        decide_removal(user_id, answer);
    });
}

bool requester::under_way(const request& r) {
    if (r.state == request_state::ended) return false;
    const auto saga = with_.engine.find(r.request_id);
    if (saga) return !is_finished(saga->state);
    // One that has run and is not there any more was purged; else it is about to be started.
    if (saga.error().code == sagaflow::errc::not_found) return r.state == request_state::accepted;
    throw sagaflow::error(saga.error().code, saga.error().message);
}

requester::standing requester::look(const std::string& user_id) {
    standing s;
    with_.users.read([&](sqlite3* db) {
        s.asked = find_request(db, user_id);
        s.user = find_user(db, user_id);
    });
    s.under_way = s.asked && under_way(*s.asked);
    return s;
}

// False: something has changed since it was looked at.
bool requester::store(const request& fresh, const standing& seen) {
    return with_.users.change([&](sqlite3* db) {
        const auto asked = find_request(db, fresh.user_id);
        const bool same_request = asked.has_value() == seen.asked.has_value() &&
                                  (!asked || asked->request_id == seen.asked->request_id);
        if (!same_request || exists(find_user(db, fresh.user_id)) != exists(seen.user)) return false;
        put_request(db, fresh);
        return true;
    });
}

void requester::decide_sign_up(const sign_up_fields& f, const request_handler& done) {
    std::string hash;
    for (;;) {
        const auto seen = look(f.user_id);
        if (seen.under_way && seen.asked->kind == request_kind::removal) {
            return done(refusal{reason::being_removed, "a removal of " + f.user_id + " is running"});
        }
        if (seen.under_way) {
            if (same_sign_up(*seen.asked, f)) return join(*seen.asked, done);
            return done(
                refusal{reason::other_fields, "a sign-up of " + f.user_id + " with other fields is running"});
        }
        if (exists(seen.user))
            return done(refusal{reason::user_exists, "the user " + f.user_id + " is signed up"});
        if (hash.empty()) {
            hash = hash_password(f.password, cost_); // takes its time: look again
            continue;
        }
        const auto fresh = sign_up_of(f, saga_type_, hash);
        if (store(fresh, seen)) return join(fresh, done);
    }
}

void requester::decide_removal(const std::string& user_id, const request_handler& done) {
    for (;;) {
        const auto seen = look(user_id);
        if (seen.under_way && seen.asked->kind == request_kind::removal) return join(*seen.asked, done);
        if (seen.under_way) {
            return done(refusal{reason::being_added, "a sign-up of " + user_id + " is running"});
        }
        if (!exists(seen.user)) return done(refusal{reason::unknown_user, "there is no user " + user_id});
        const auto fresh = removal_of(*seen.user);
        if (store(fresh, seen)) return join(fresh, done);
    }
}

void requester::join(const request& running, const request_handler& done) {
    if (running.state != request_state::accepted) return done(running.request_id);
    with_.start.start(running, [done, id = running.request_id](const std::optional<refusal>& refused) {
        if (refused)
            done(*refused);
        else
            done(id);
    });
}

} // namespace signup
