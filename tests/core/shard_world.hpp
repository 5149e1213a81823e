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
    explicit world(plans hosted, shard_options o = default_options());

    // As after a crash: what was under way is gone, the store is what it was.
    void restart(plans hosted);

    void start(const std::string& id, token caller = 0, const std::string& notes = "");
    void reply(const std::string& command, token delivery = 0, const std::string& text = "x");
    void reject(const std::string& command, token delivery = 0);
    // From a participant that knows nothing of command ids.
    void reply_for(const std::string& saga, const std::string& step, token delivery = 0,
                   reply_outcome outcome = reply_outcome::success);
    void operate(const std::string& id, verb what, token caller = 0);

    void take();

    // Each carries out what is asked for now, then looks at what that brings.
    void read();
    void make_durable();
    void report(published::verdict verdict, const std::string& why = "");
    void accept();

    // Reads and commits until there is nothing left to; the transport is left alone.
    void store_all();
    // The same, and the transport accepts all.
    void settle();
    // Lets time pass, from one wish to be woken to the next.
    void wait(duration span, bool transport_up = true);

    bool nothing_came_out() const;
    void forget();
    template <class T>
    const T* answer(token caller) const {
        const auto a = answers.find(caller);
        return a == answers.end() ? nullptr : std::get_if<T>(&a->second);
    }
    std::vector<std::string> published_ids() const;
    std::vector<event_kind> kinds() const;
    saga_row row(const std::string& id) const;

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
    void answer_command(const std::string& command, token delivery, reply_outcome outcome, std::string body);
};

template <class... Stages>
plans hosting(const Stages&... all) {
    return {make_plan(saga_of(all...))};
}

} // namespace sagaflow::core::test
