// What the conformance suite of transports plays with: messages, publishers, receivers.
#pragma once

#include <sagaflow/transport.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace sagaflow::testing {

// How long something may take that must come; only a broken transport waits that long.
inline constexpr auto patience = std::chrono::seconds(30);

// A name that no other test uses, also on a broker that is shared.
inline std::string unique_name(const std::string& stem) {
    static const auto run = std::to_string(std::random_device{}());
    static std::atomic<int> count{0};
    return stem + "-" + run + "-" + std::to_string(++count);
}

// When it began: each saga at another time.
inline time_point start_of(const std::string& saga) {
    std::uint32_t hash = 0;
    for (const char c : saga) hash = hash * 31 + static_cast<unsigned char>(c);
    return time_point(std::chrono::milliseconds(1'600'000'000'456 + hash % 1'000'000 * 16));
}

inline message make_message(const std::string& address, const std::string& saga, int number,
                            const std::string& type = "chats.open") {
    message m;
    m.address = address;
    m.id = saga + "~1/step-" + std::to_string(number) + "/action";
    m.source = "urn:sagaflow:conformance";
    m.type = type;
    m.started = start_of(saga);
    m.issued = time_point(std::chrono::milliseconds(1'700'000'000'123));
    m.saga_id = saga;
    m.saga_type = "user-signup";
    m.step = "step-" + std::to_string(number);
    m.reply_to = "user.replies";
    m.body = "{\"number\":" + std::to_string(number) + "}";
    return m;
}

// Every field that travels; the address is the way, not the load.
inline auto content_of(const message& m) {
    return std::tie(m.id, m.source, m.type, m.kind, m.outcome, m.attempt, m.started, m.issued, m.saga_id,
                    m.saga_type, m.step, m.reply_to, m.causation_id, m.trace_parent, m.trace_state, m.body,
                    m.reason);
}

// Publishes batches and keeps what was reported of each message.
class publisher {
  public:
    explicit publisher(std::shared_ptr<transport> to) : to_(std::move(to)) {}

    // Returns the number of the batch.
    std::size_t publish(std::vector<message> batch) {
        std::size_t number = 0;
        {
            const std::lock_guard lock(state_->mutex);
            number = state_->reports.size();
            state_->reports.emplace_back(batch.size());
        }
        to_->publish(std::move(batch), [state = state_, number](std::span<const published> report) {
            const std::lock_guard lock(state->mutex);
            for (const auto& p : report) state->reports.at(number).at(p.index).push_back(p.result);
            state->changed.notify_all();
        });
        return number;
    }

    // The verdicts of that batch's messages, when each has one.
    std::vector<published::verdict> wait(std::size_t number) {
        std::unique_lock lock(state_->mutex);
        const auto all_reported = [&] {
            const auto& batch = state_->reports[number];
            return std::none_of(batch.begin(), batch.end(), [](const auto& one) { return one.empty(); });
        };
        if (!state_->changed.wait_for(lock, patience, all_reported))
            throw std::runtime_error("a published message was never reported");
        std::vector<published::verdict> verdicts;
        for (const auto& one : state_->reports[number]) verdicts.push_back(one.front());
        return verdicts;
    }

    // Publishes what fails again, until all is accepted.
    void publish_all(std::vector<message> batch) {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (!batch.empty()) {
            const auto verdicts = wait(publish(batch));
            std::vector<message> again;
            for (std::size_t i = 0; i < batch.size(); ++i)
                if (verdicts[i] != published::verdict::accepted) again.push_back(std::move(batch[i]));
            batch = std::move(again);
            if (std::chrono::steady_clock::now() > give_up)
                throw std::runtime_error("messages are never accepted");
        }
    }

    // How often each message of all batches was reported: {1} when all is well.
    std::vector<std::size_t> report_counts() const {
        const std::lock_guard lock(state_->mutex);
        std::vector<std::size_t> counts;
        for (const auto& batch : state_->reports)
            for (const auto& one : batch) counts.push_back(one.size());
        std::sort(counts.begin(), counts.end());
        counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
        return counts;
    }

  private:
    struct shared {
        mutable std::mutex mutex;
        std::condition_variable changed;
        std::vector<std::vector<std::vector<published::verdict>>> reports;
    };
    std::shared_ptr<transport> to_;
    std::shared_ptr<shared> state_ = std::make_shared<shared>();
};

// Subscribes, also more than once, and keeps what comes.
class receiver {
  public:
    enum class habit { acknowledge, keep };

    explicit receiver(habit h = habit::acknowledge) { state_->how = h; }

    void subscribe(transport& from, subscription what) {
        what.stop = state_->stop.get_token();
        from.consume(std::move(what), [state = state_, running = std::make_shared<std::atomic<bool>>(false)](
                                          std::vector<delivery> batch, const std::shared_ptr<settler>& by) {
            if (running->exchange(true)) state->overlapped = true;
            state->take(std::move(batch), by);
            *running = false;
        });
    }
    void leave() { state_->stop.request_stop(); }

    // Called in the handler, before its batch counts as having come.
    void during_handler(std::function<void()> call) {
        const std::lock_guard lock(state_->mutex);
        state_->during = std::move(call);
    }

    // All that came, when that is at least so many.
    std::vector<delivery> wait_for(std::size_t count) const {
        std::unique_lock lock(state_->mutex);
        if (!state_->changed.wait_for(lock, patience, [&] { return state_->came.size() >= count; }))
            throw std::runtime_error("waited for " + std::to_string(count) + " deliveries, " +
                                     std::to_string(state_->came.size()) + " came");
        return state_->came;
    }
    std::size_t count() const {
        const std::lock_guard lock(state_->mutex);
        return state_->came.size();
    }
    void settle(std::vector<std::uint64_t> tags, settler::verdict v) {
        std::shared_ptr<settler> by;
        {
            const std::lock_guard lock(state_->mutex);
            by = state_->by;
            state_->unsettled -= tags.size();
        }
        by->settle(tags, v);
    }
    bool keeps() const { return state_->how == habit::keep; }
    std::size_t most_unsettled() const { return state_->most_unsettled; }
    bool handler_overlapped() const { return state_->overlapped; }

  private:
    struct shared {
        void take(std::vector<delivery> batch, const std::shared_ptr<settler>& settle_by) {
            std::function<void()> call;
            std::vector<std::uint64_t> tags;
            for (const auto& d : batch) tags.push_back(d.tag);
            {
                const std::lock_guard lock(mutex);
                call = during;
                by = settle_by;
                unsettled += batch.size();
                most_unsettled = std::max(most_unsettled.load(), unsettled);
            }
            if (call) call();
            {
                const std::lock_guard lock(mutex);
                for (auto& d : batch) came.push_back(std::move(d));
                if (how == habit::acknowledge) unsettled -= tags.size();
            }
            if (how == habit::acknowledge) settle_by->settle(tags, settler::verdict::acknowledge);
            changed.notify_all();
        }

        habit how = habit::acknowledge;
        std::stop_source stop;
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<delivery> came;
        std::shared_ptr<settler> by;
        std::function<void()> during;
        std::size_t unsettled = 0;
        std::atomic<std::size_t> most_unsettled{0};
        std::atomic<bool> overlapped{false};
    };
    std::shared_ptr<shared> state_ = std::make_shared<shared>();
};

// Opens when told to, for good.
class gate {
  public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [&] { return open_; }))
            throw std::runtime_error("the gate never opened");
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

// The numbers of a saga's messages, in the order in which they came.
inline std::map<std::string, std::vector<std::string>> steps_by_saga(const std::vector<delivery>& came) {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& d : came) out[d.content.saga_id].push_back(d.content.step);
    return out;
}

// A transport that a test plays with, opened at an address of its own, and closed when the test is over.
template <class Transports>
class transport_under_test {
  protected:
    transport_under_test() : bus(transports.connect()), out(bus) { open(*bus); }
    ~transport_under_test() { bus->close(); }

    void open(transport& t) {
        t.open({address}, [](const transport_health&) {});
    }

    subscription group(const std::string& name, std::size_t prefetch = 1024) const {
        return {.address = address, .group = name, .types = {}, .prefetch = prefetch};
    }
    subscription owned(const std::string& group_name, const std::string& owner) const {
        auto s = group(group_name);
        s.sole_owner = owner;
        return s;
    }
    message make(const std::string& saga, int number) const { return make_message(address, saga, number); }
    std::vector<message> make_many(int sagas, int each) const {
        std::vector<message> all;
        for (int n = 0; n < each; ++n)
            for (int s = 0; s < sagas; ++s) all.push_back(make("saga-" + std::to_string(s), n));
        return all;
    }
    static std::multiset<std::string> ids(const std::vector<delivery>& came) {
        std::multiset<std::string> out_ids;
        for (const auto& d : came) out_ids.insert(d.content.id);
        return out_ids;
    }

    Transports transports;
    std::string address = unique_name("conformance");
    std::shared_ptr<transport> bus;
    publisher out;
};

} // namespace sagaflow::testing
