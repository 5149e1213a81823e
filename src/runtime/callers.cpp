#include "runtime/callers.hpp"

#include <memory>
#include <utility>

namespace sagaflow::runtime {

void waiting_call::answer(core::answer_value&& value) {
    // Notified under the mutex: once it is free, the call may be gone.
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    wake_.notify_one();
}

core::answer_value waiting_call::wait() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return value_.has_value(); });
    return std::move(*value_);
}

std::optional<core::answer_value> waiting_call::wait_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, deadline, [&] { return value_.has_value(); });
    return std::move(value_);
}

std::optional<core::token> callers::add(waiting_call& call) {
    return add(&call, nullptr);
}

std::optional<core::token> callers::add(start_handler& done) {
    return add(nullptr, &done);
}

std::optional<core::token> callers::add(waiting_call* call, start_handler* done) {
    if (count_.fetch_add(1) >= bound_) {
        count_.fetch_sub(1);
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(entries_.size()));
        entries_.emplace_back();
    }
    const auto index = free_.back();
    free_.pop_back();
    auto& e = entries_[index];
    e.call = call;
    if (done != nullptr) e.done = std::move(*done);
    e.used = true;
    return core::token{e.generation} << 32 | index;
}

callers::entry* callers::find(core::token caller) {
    const auto index = static_cast<std::uint32_t>(caller);
    if (index >= entries_.size()) return nullptr;
    auto& e = entries_[index];
    return e.used && e.generation == caller >> 32 ? &e : nullptr;
}

void callers::release(entry& e, std::size_t index) {
    e.call = nullptr;
    e.done = nullptr;
    e.used = false;
    ++e.generation;
    free_.push_back(static_cast<std::uint32_t>(index));
}

std::optional<start_handler> callers::remove(core::token caller) {
    const std::lock_guard lock(mutex_);
    auto* e = find(caller);
    if (e == nullptr) return std::nullopt;
    auto done = std::move(e->done);
    release(*e, static_cast<std::uint32_t>(caller));
    count_.fetch_sub(1);
    return done;
}

void callers::answer(std::vector<core::answer>&& answers) {
    std::vector<outcome> outcomes;
    outcomes.reserve(answers.size());
    {
        const std::lock_guard lock(mutex_);
        for (auto& a : answers) {
            auto* e = find(a.caller);
            if (e == nullptr) continue;
            outcomes.push_back({e->call, std::move(e->done), std::move(a.value)});
            release(*e, static_cast<std::uint32_t>(a.caller));
        }
    }
    deliver(std::move(outcomes));
}

void callers::fail_all(const failure& why) {
    std::vector<outcome> outcomes;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            auto& e = entries_[i];
            if (!e.used) continue;
            outcomes.push_back({e.call, std::move(e.done), why});
            release(e, i);
        }
    }
    deliver(std::move(outcomes));
}

void callers::deliver(std::vector<outcome>&& outcomes) {
    auto by_callback = std::make_shared<std::vector<outcome>>();
    for (auto& o : outcomes) {
        if (o.call != nullptr) {
            count_.fetch_sub(1);
            o.call->answer(std::move(o.value));
        } else {
            by_callback->push_back(std::move(o));
        }
    }
    if (by_callback->empty()) return;
    callbacks_.post([this, by_callback] {
        for (auto& o : *by_callback) {
            count_.fetch_sub(1);
            callbacks_.call([&] { o.done(as_started(std::move(o.value))); });
        }
    });
}

namespace {

template <class T>
result<T> as(core::answer_value&& value) {
    if (auto* why = std::get_if<failure>(&value)) return std::move(*why);
    return std::get<T>(std::move(value));
}

} // namespace

result<started> as_started(core::answer_value&& value) {
    return as<started>(std::move(value));
}

result<explanation> as_explanation(core::answer_value&& value) {
    return as<explanation>(std::move(value));
}

result<void> as_done(core::answer_value&& value) {
    if (auto* why = std::get_if<failure>(&value)) return std::move(*why);
    return {};
}

} // namespace sagaflow::runtime
