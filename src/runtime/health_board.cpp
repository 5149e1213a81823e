#include "runtime/health_board.hpp"

#include <utility>

namespace sagaflow::runtime {

namespace {

constexpr auto lately = std::chrono::seconds(15); // a message that is not taken goes again sooner

} // namespace

health_board::health_board(std::size_t transports, std::shared_ptr<log_sink> log)
    : log_(std::move(log)), transports_(transports, {false, "it was not opened"}) {}

void health_board::transport(std::size_t index, const transport_health& h) {
    const bool ok = h.now == transport_health::condition::up;
    {
        const std::lock_guard lock(mutex_);
        auto& t = transports_.at(index);
        if (t.ok == ok && t.reason == h.reason) return;
        t = {ok, ok ? std::string() : h.reason};
        if (ended_) return;
    }
    const auto number = std::to_string(index);
    if (ok)
        log(log_.get(), log_level::info, "the transport is up", {{"transport", number}});
    else
        log(log_.get(), log_level::warn, "the transport takes nothing; commands wait in the store",
            {{"transport", number}, {"reason", h.reason}});
}

void health_board::store_trouble(store_use use, const std::string& reason) {
    {
        const std::lock_guard lock(mutex_);
        auto& s = store_.at(static_cast<std::size_t>(use));
        if (s.reason == reason) return;
        s = {false, reason};
    }
    log(log_.get(), log_level::error, "the store is in trouble; it is tried again and starts are refused",
        {{"at", use == store_use::commits ? "commits" : "reads"}, {"reason", reason}});
}

void health_board::store_well(store_use use) {
    {
        const std::lock_guard lock(mutex_);
        auto& s = store_.at(static_cast<std::size_t>(use));
        if (s.ok) return;
        s = {};
    }
    log(log_.get(), log_level::info, "the store works again",
        {{"at", use == store_use::commits ? "commits" : "reads"}});
}

void health_board::running() {
    const std::lock_guard lock(mutex_);
    engine_ = {};
}

void health_board::ended(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    engine_ = {false, reason};
}

void health_board::recovering(bool now) {
    const std::lock_guard lock(mutex_);
    recovering_ = now;
}

void health_board::not_taken(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    not_taken_ = reason;
    not_taken_at_ = std::chrono::steady_clock::now();
}

health_report health_board::report() const {
    const std::lock_guard lock(mutex_);
    health_report r;
    r.parts.push_back({"engine", engine_.ok, engine_.reason});
    const auto& store = store_[0].ok ? store_[1] : store_[0];
    r.parts.push_back({"store", store.ok, store.reason});
    for (std::size_t i = 0; i < transports_.size(); ++i)
        r.parts.push_back({"transport " + std::to_string(i), transports_[i].ok, transports_[i].reason});
    r.ready = true;
    for (const auto& p : r.parts) r.ready = r.ready && p.ok;
    // Starts are taken meanwhile: these are told, but the engine is ready.
    r.parts.push_back({"recovery", true, recovering_ ? "unfinished sagas are being found again" : ""});
    const bool failing = !not_taken_.empty() && std::chrono::steady_clock::now() - not_taken_at_ < lately;
    r.parts.push_back(
        {"publishing", true, failing ? "messages are not taken, and published again: " + not_taken_ : ""});
    return r;
}

} // namespace sagaflow::runtime
