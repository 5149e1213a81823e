// A shard between a store in memory and a transport of which a test says what becomes of each message.
// Nothing is carried out by itself: between any two effects a test can look at what has come out so far.
#pragma once

#include "core/shard.hpp"
#include "definitions.hpp"

#include <sagaflow/memory.hpp>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::core::test {

using plans = std::vector<std::shared_ptr<const plan>>;

inline shard_options default_options() {
    shard_options o;
    o.reply_address = "test.replies";
    o.route = [](const std::string& type) { return target{0, type.substr(0, type.find('.'))}; };
    return o;
}

class world {
  public:
    explicit world(plans hosted, shard_options o = default_options()) : options(std::move(o)) {
        restart(std::move(hosted));
    }

    // As after a crash: what was under way is gone, the store is what it was.
    void restart(plans hosted) {
        commit.reset();
        reads.clear();
        unreported.clear();
        wake.reset();
        it = std::make_unique<shard>(options, store->claim(0, "test"));
        for (auto& p : hosted) it->host(std::move(p), now);
        it->begin_recovery(now);
        settle();
    }

    void start(const std::string& id, token caller = 0, const std::string& notes = "") {
        it->start({"trip", id, R"({"notes":")" + notes + R"(","vip":false})", {}, caller});
        take();
    }
    void reply(const std::string& command, token delivery = 0, const std::string& text = "x") {
        answer_command(command, delivery, reply_outcome::success, R"({"text":")" + text + R"("})");
    }
    void reject(const std::string& command, token delivery = 0) {
        answer_command(command, delivery, reply_outcome::rejected, R"({"reason":"no"})");
    }
    // From a participant that knows nothing of command ids.
    void reply_for(const std::string& saga, const std::string& step, token delivery = 0,
                   reply_outcome outcome = reply_outcome::success) {
        message m;
        m.kind = message_kind::reply;
        m.saga_id = saga;
        m.step = step;
        m.outcome = outcome;
        m.body = outcome == reply_outcome::success ? R"({"text":"x"})" : R"({"reason":"no"})";
        it->reply(std::move(m), delivery, now);
        take();
    }
    void operate(const std::string& id, verb what, token caller = 0) {
        it->operate({id, {what, "ann", "because", ""}, caller}, now);
        take();
    }

    void take() {
        auto e = it->take_effects(now);
        if (e.commit) {
            EXPECT_FALSE(commit) << "two batches are on their way";
            commit = e.commit;
        }
        reads.insert(reads.end(), e.reads.begin(), e.reads.end());
        for (auto& [messages, tickets] : e.publish) {
            published.insert(published.end(), messages.begin(), messages.end());
            unreported.insert(unreported.end(), tickets.begin(), tickets.end());
        }
        acknowledged.insert(acknowledged.end(), e.acknowledge.begin(), e.acknowledge.end());
        for (auto& a : e.answers) answers.emplace(a.caller, std::move(a.value));
        for (const auto& n : e.notify) events.push_back(*n);
        alerts.insert(alerts.end(), e.alerts.begin(), e.alerts.end());
        wake = e.wake;
    }

    // Each carries out what is asked for now, then looks at what that brings.
    void read() {
        for (auto& r : std::exchange(reads, {})) {
            if (r.kind == store_read::what::load)
                it->loaded(r.ticket, store->load(r.ids), now);
            else if (r.kind == store_read::what::events)
                it->events_read(r.ticket, store->events(r.after, std::nullopt, r.filter.limit), now);
            else
                it->listed(r.ticket, store->list(r.filter, r.after), now);
        }
        take();
    }
    void make_durable() {
        const auto b = std::exchange(commit, nullptr);
        ASSERT_TRUE(b) << "there is nothing to commit";
        store->commit(*b);
        batches.push_back(b);
        it->committed(b->number, now);
        take();
    }
    void report(published::verdict verdict, const std::string& why = "") {
        for (const auto ticket : std::exchange(unreported, {}))
            it->publish_reported(ticket, verdict, why, now);
        take();
    }
    void accept() { report(published::verdict::accepted); }

    // Reads and commits until there is nothing left to; the transport is left alone.
    void store_all() {
        take();
        while (commit || !reads.empty()) {
            if (!reads.empty()) read();
            if (commit) make_durable();
        }
    }
    // The same, and the transport accepts all.
    void settle() {
        store_all();
        while (!unreported.empty()) {
            accept();
            store_all();
        }
    }
    // Lets time pass, from one wish to be woken to the next.
    void wait(duration span, bool transport_up = true) {
        const auto end = now + span;
        for (bool over = false; !over;) {
            over = !wake || *wake > end;
            now = over ? end : std::max(now, *wake);
            it->tick(now);
            transport_up ? settle() : store_all();
        }
    }

    bool nothing_came_out() const {
        return published.empty() && acknowledged.empty() && answers.empty() && events.empty() &&
               alerts.empty();
    }
    void forget() {
        published.clear();
        acknowledged.clear();
        answers.clear();
        events.clear();
        alerts.clear();
        batches.clear();
    }
    template <class T>
    const T* answer(token caller) const {
        const auto a = answers.find(caller);
        return a == answers.end() ? nullptr : std::get_if<T>(&a->second);
    }
    std::vector<std::string> published_ids() const {
        std::vector<std::string> ids;
        for (const auto& m : published) ids.push_back(m.id);
        return ids;
    }
    std::vector<event_kind> kinds() const {
        std::vector<event_kind> all;
        for (const auto& e : events) all.push_back(e.kind);
        return all;
    }
    saga_row row(const std::string& id) const {
        return store->load(std::vector{id}).front().value_or(saga_row{});
    }

    shard_options options;
    std::shared_ptr<sagaflow::store> store = memory::make_store();
    time_point now{std::chrono::seconds(2'000'000'000)}; // 2033-05-18 03:33:20 UTC
    std::unique_ptr<shard> it;

    // Asked for and not carried out.
    std::shared_ptr<const batch> commit;
    std::vector<store_read> reads;
    std::vector<std::uint64_t> unreported; // tickets
    std::optional<time_point> wake;

    // What came out, in order.
    std::vector<message> published;
    std::vector<token> acknowledged;
    std::map<token, answer_value> answers;
    std::vector<event> events;
    std::vector<alert> alerts;
    std::vector<std::shared_ptr<const batch>> batches; // durable

  private:
    void answer_command(const std::string& command, token delivery, reply_outcome outcome, std::string body) {
        message m;
        m.kind = message_kind::reply;
        m.causation_id = command;
        m.outcome = outcome;
        m.body = std::move(body);
        it->reply(std::move(m), delivery, now);
        take();
    }
};

template <class... Stages>
plans hosting(const Stages&... all) {
    return {make_plan(saga_of(all...))};
}

} // namespace sagaflow::core::test
