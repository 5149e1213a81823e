#include "shard_world.hpp"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace sagaflow::core::test {

world::world(plans hosted, shard_options o) : options(std::move(o)) {
    restart(std::move(hosted));
}

void world::restart(plans hosted) {
    commit.reset();
    reads.clear();
    unreported.clear();
    wake.reset();
    it = std::make_unique<shard>(options, store->claim(0, "test"));
    for (auto& p : hosted) it->host(std::move(p), now);
    it->begin_recovery(now);
    settle();
}

void world::start(const std::string& id, token caller, const std::string& notes) {
    it->start({"trip", id, R"({"notes":")" + notes + R"(","vip":false})", {}, caller});
    take();
}

void world::reply(const std::string& command, token delivery, const std::string& text) {
    answer_command(command, delivery, reply_outcome::success, R"({"text":")" + text + R"("})");
}

void world::reject(const std::string& command, token delivery) {
    answer_command(command, delivery, reply_outcome::rejected, R"({"reason":"no"})");
}

void world::reply_for(const std::string& saga, const std::string& step, token delivery,
                      reply_outcome outcome) {
    message m;
    m.kind = message_kind::reply;
    m.saga_id = saga;
    m.step = step;
    m.outcome = outcome;
    m.body = outcome == reply_outcome::success ? R"({"text":"x"})" : R"({"reason":"no"})";
    it->reply(std::move(m), delivery, now);
    take();
}

void world::operate(const std::string& id, verb what, token caller) {
    it->operate({id, {what, "ann", "because", ""}, caller}, now);
    take();
}

void world::take() {
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

void world::read() {
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

void world::make_durable() {
    const auto b = std::exchange(commit, nullptr);
    ASSERT_TRUE(b) << "there is nothing to commit";
    store->commit(*b);
    batches.push_back(b);
    it->committed(b->number, now);
    take();
}

void world::report(published::verdict verdict, const std::string& why) {
    for (const auto ticket : std::exchange(unreported, {})) it->publish_reported(ticket, verdict, why, now);
    take();
}

void world::accept() {
    report(published::verdict::accepted);
}

void world::store_all() {
    take();
    while (commit || !reads.empty()) {
        if (!reads.empty()) read();
        if (commit) make_durable();
    }
}

void world::settle() {
    store_all();
    while (!unreported.empty()) {
        accept();
        store_all();
    }
}

void world::wait(duration span, bool transport_up) {
    const auto end = now + span;
    for (bool over = false; !over;) {
        over = !wake || *wake > end;
        now = over ? end : std::max(now, *wake);
        it->tick(now);
        transport_up ? settle() : store_all();
    }
}

bool world::nothing_came_out() const {
    return published.empty() && acknowledged.empty() && answers.empty() && events.empty() && alerts.empty();
}

void world::forget() {
    published.clear();
    acknowledged.clear();
    answers.clear();
    events.clear();
    alerts.clear();
    batches.clear();
}

std::vector<std::string> world::published_ids() const {
    std::vector<std::string> ids;
    for (const auto& m : published) ids.push_back(m.id);
    return ids;
}

std::vector<event_kind> world::kinds() const {
    std::vector<event_kind> all;
    for (const auto& e : events) all.push_back(e.kind);
    return all;
}

saga_row world::row(const std::string& id) const {
    return store->load(std::vector{id}).front().value_or(saga_row{});
}

void world::answer_command(const std::string& command, token delivery, reply_outcome outcome,
                           std::string body) {
    message m;
    m.kind = message_kind::reply;
    m.causation_id = command;
    m.outcome = outcome;
    m.body = std::move(body);
    it->reply(std::move(m), delivery, now);
    take();
}

} // namespace sagaflow::core::test
