#include "user/bookkeeper.hpp"

#include "base/database.hpp"
#include "user/requests.hpp"
#include "user/starter.hpp"

#include <pthread.h>

namespace signup {

namespace {

using sagaflow::log_level;

constexpr auto pace = std::chrono::seconds(1);
constexpr int at_once = 200; // requests looked at in one tick

std::int64_t now_in_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

bookkeeper::bookkeeper(const bookkeeper_parts& with, std::chrono::seconds retention)
    : with_(with), retention_(retention) {}

bookkeeper::~bookkeeper() {
    stop();
}

void bookkeeper::start() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "signup-books");
        run();
    });
}

void bookkeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void bookkeeper::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

void bookkeeper::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        woken_ = false;
        lock.unlock();
        tick();
        lock.lock();
        changed_.wait_for(lock, pace, [&] { return stopping_ || woken_; });
    }
}

void bookkeeper::tick() {
    with_.start.tick();
    try {
        probe();
        look_through_open_requests();
        with_.users.change([&](sqlite3* db) {
            purge_requests(db, now_in_seconds() - retention_.count(), at_once);
            return true;
        });
    } catch (const std::exception& e) {
        if (!troubled_) log(with_.log, log_level::warn, "the books can't be kept now", {{"error", e.what()}});
        troubled_ = true;
        return;
    }
    if (troubled_) log(with_.log, log_level::info, "the books are kept again");
    troubled_ = false;
}

// A change that fails says so in database::trouble(), and one that succeeds takes it back.
void bookkeeper::probe() {
    if (with_.users.trouble().empty()) return;
    with_.users.change([](sqlite3* db) {
        return execute(db, "INSERT OR REPLACE INTO probe (id, at) VALUES (1, ?)", now_in_seconds());
    });
}

void bookkeeper::look_through_open_requests() {
    const auto open = with_.users.read([&](sqlite3* db) { return open_requests(db, looked_at_, at_once); });
    looked_at_ = open.size() < at_once ? std::string() : open.back().user_id;
    std::vector<request> ended;
    for (auto r : open) {
        if (has_ended(r)) ended.push_back(std::move(r));
    }
    if (ended.empty()) return;
    with_.users.change([&](sqlite3* db) {
        for (const auto& r : ended) record_end(db, r, now_in_seconds());
        return true;
    });
}

// If so, takes what its saga ended with into the request.
bool bookkeeper::has_ended(request& r) {
    const auto saga = with_.engine.find(r.request_id);
    if (saga) {
        r.status = saga->status;
        r.last_event = saga->last_event;
        return is_finished(saga->state);
    }
    if (saga.error().code != sagaflow::errc::not_found) return false;
    if (r.state == request_state::running) return true; // and its saga was purged already
    with_.start.start(r, [](const auto&) {});
    return false;
}

} // namespace signup
