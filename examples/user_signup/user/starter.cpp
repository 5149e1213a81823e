#include "user/starter.hpp"

#include "base/database.hpp"
#include "base/gate.hpp"
#include "saga/definitions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace signup {

namespace {

constexpr auto patience = std::chrono::seconds(10);

std::string input_of(const request& r) {
    std::string text;
    sagaflow::codec<account>::encode({r.user_id, r.request_id, r.user_name, r.email}, text);
    return text;
}

// For clients: what the engine says is for operators, who find it in the log and at /readyz.
refusal refusal_of(const sagaflow::failure& why) {
    if (why.code == sagaflow::errc::overloaded)
        return {refusal::reason::overloaded, "too many requests wait to be stored: try again in a moment"};
    if (why.code == sagaflow::errc::outcome_unknown)
        return {refusal::reason::unavailable, "it is not known yet whether this was stored: ask again"};
    return {refusal::reason::unavailable, "nothing can be stored now: try again later"};
}

} // namespace

starter::starter(database& users, sagaflow::engine& engine, gate& running, std::function<void()> wake)
    : users_(users), engine_(engine), running_(running), wake_(std::move(wake)) {
    running_.pass([this] {
        const std::lock_guard lock(mutex_);
        running_since_ = clock::now();
    });
}

void starter::start(const request& stored, start_handler done) {
    {
        const std::lock_guard lock(mutex_);
        const auto [it, is_new] = attempts_.try_emplace(stored.request_id);
        it->second.waiters.push_back({std::move(done), clock::now()});
        if (!is_new) return;
        it->second.what = stored;
    }
    running_.pass([this, stored] { attempt_start(stored); });
}

void starter::attempt_start(const request& r) {
    try {
        if (still_stored(r)) return submit(r);
        finish(r.request_id, refusal{refusal::reason::unavailable, "it was taken back just now: ask again"});
    } catch (const database_error& e) {
        finish(r.request_id, refusal{refusal::reason::unavailable, e.what()});
    }
}

// Whoever came with this request may have read it before it was taken back.
bool starter::still_stored(const request& r) {
    const auto now = users_.read([&](sqlite3* db) { return find_request(db, r.user_id); });
    return now && now->request_id == r.request_id;
}

void starter::submit(const request& r) {
    engine_.async_start_encoded(
        r.saga_type, r.request_id, input_of(r), {},
        [this, id = r.request_id](const sagaflow::result<sagaflow::started>& outcome) {
            settled(id, outcome);
        });
}

void starter::settled(const std::string& id, const sagaflow::result<sagaflow::started>& outcome) {
    if (outcome) return finish(id, std::nullopt);
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = attempts_.find(id); found != attempts_.end())
            found->second.failed = outcome.error();
    }
    wake_();
}

void starter::finish(const std::string& id, const std::optional<refusal>& outcome) {
    std::vector<waiter> waiters;
    {
        const std::lock_guard lock(mutex_);
        if (auto found = attempts_.extract(id)) waiters = std::move(found.mapped().waiters);
    }
    for (const auto& w : waiters) w.done(outcome);
}

void starter::tick() {
    std::vector<std::pair<request, sagaflow::failure>> failed;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, a] : attempts_) {
            if (a.failed) failed.emplace_back(a.what, *a.failed);
        }
    }
    for (const auto& [r, why] : failed) see_to(r, why);
    const refusal late{refusal::reason::unavailable,
                       "it is not known yet whether this was stored: ask again"};
    for (const auto& w : tired_waiters()) w.done(late);
}

void starter::see_to(const request& r, const sagaflow::failure& why) {
    std::vector<waiter> waiters;
    const bool unknown = why.code == sagaflow::errc::outcome_unknown;
    {
        const std::lock_guard lock(mutex_);
        auto& a = attempts_.at(r.request_id);
        waiters.swap(a.waiters);
        if (unknown) a.failed.reset();
    }
    for (const auto& w : waiters) w.done(refusal_of(why));
    if (unknown) return submit(r);
    try {
        users_.change([&](sqlite3* db) { return forget_accepted(db, r.request_id), true; });
        finish(r.request_id, refusal_of(why));
    } catch (const database_error&) {
        // The disk may be full: the next tick tries again, and until then nobody else starts it.
    }
}

std::vector<starter::waiter> starter::tired_waiters() {
    const auto since = clock::now() - patience;
    std::vector<waiter> tired;
    const std::lock_guard lock(mutex_);
    if (running_since_ > since) return tired; // who came before it has not been waiting for an answer yet
    for (auto& [id, a] : attempts_) {
        const auto first = std::partition(a.waiters.begin(), a.waiters.end(),
                                          [&](const waiter& w) { return w.since > since; });
        std::move(first, a.waiters.end(), std::back_inserter(tired));
        a.waiters.erase(first, a.waiters.end());
    }
    return tired;
}

} // namespace signup
