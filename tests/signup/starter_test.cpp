// From a stored request to its saga, whatever the store says.
#include "user_service.hpp"

#include <mutex>
#include <vector>

#include <gmock/gmock.h>

namespace signup {
namespace {

using reason = refusal::reason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What the callers of start() were told.
class answers {
  public:
    start_handler next() {
        return [this](const std::optional<refusal>& why) {
            const std::lock_guard lock(mutex_);
            told_.push_back(why ? std::optional(why->why) : std::nullopt);
        };
    }
    std::vector<std::optional<reason>> told() {
        const std::lock_guard lock(mutex_);
        return told_;
    }
    void wait_for(std::size_t count) {
        wait_until([&] { return told().size() >= count; });
    }

  private:
    std::mutex mutex_;
    std::vector<std::optional<reason>> told_;
};

std::size_t sagas_started(const user_service& s) {
    std::size_t count = 0;
    for (const auto& b : s.disk->batches()) count += b.started.size();
    return count;
}

TEST(starter, starts_the_saga_of_a_stored_request_under_its_id) {
    user_service s;
    answers a;
    s.starts.start(s.put("ada", "r1"), a.next());
    a.wait_for(1);
    EXPECT_THAT(a.told(), ElementsAre(std::nullopt));
    EXPECT_TRUE(s.engine.find("r1"));
}

TEST(starter, what_comes_before_the_engine_runs_is_started_once_it_does) {
    user_service s;
    gate running;
    starter early(s.users, s.engine, running, [] {});
    answers a;
    early.start(s.put("ada", "r1"), a.next());
    EXPECT_THAT(a.told(), IsEmpty());
    EXPECT_FALSE(s.engine.find("r1"));
    running.open();
    a.wait_for(1);
    EXPECT_THAT(a.told(), ElementsAre(std::nullopt));
}

TEST(starter, several_who_ask_at_once_share_one_start) {
    user_service s;
    answers a;
    const auto r = s.put("ada", "r1");
    s.disk->close_gate();
    for (int i = 0; i < 3; ++i) s.starts.start(r, a.next());
    EXPECT_THAT(a.told(), IsEmpty());
    s.disk->open_gate();
    a.wait_for(3);
    EXPECT_THAT(a.told(), ElementsAre(std::nullopt, std::nullopt, std::nullopt));
    EXPECT_EQ(sagas_started(s), 1U);
}

TEST(starter, a_request_that_was_taken_back_meanwhile_is_not_started) {
    user_service s;
    answers a;
    auto r = s.put("ada", "r1");
    s.put("ada", "r2");
    s.starts.start(r, a.next());
    r.user_id = "bob";
    s.starts.start(r, a.next());
    EXPECT_THAT(a.told(), ElementsAre(reason::unavailable, reason::unavailable));
    EXPECT_FALSE(s.engine.find("r1"));
}

// An engine that takes one start at a time, and has it.
struct full_engine : ::testing::Test {
    full_engine() {
        s.disk->close_gate();
        s.starts.start(s.put("first", "r1"), first.next());
    }
    user_service s{{.pending_starts = 1}};
    answers first;
    answers second;
};

TEST_F(full_engine, a_start_that_is_refused_is_told_and_its_request_taken_back) {
    s.starts.start(s.put("second", "r2"), second.next());
    wait_until([&] { return s.wakes > 0; });
    s.starts.tick();
    EXPECT_THAT(second.told(), ElementsAre(reason::overloaded));
    EXPECT_EQ(s.stored("second").request_id, "");
    EXPECT_EQ(s.stored("first").request_id, "r1");
    s.disk->open_gate();
    first.wait_for(1);
    EXPECT_THAT(first.told(), ElementsAre(std::nullopt));
}

TEST_F(full_engine, a_request_that_cant_be_taken_back_yet_is_not_started_by_anybody_until_it_is) {
    const auto r = s.put("second", "r2");
    s.let_users_be_written(false);
    s.starts.start(r, second.next());
    wait_until([&] { return s.wakes > 0; });
    s.starts.tick();
    EXPECT_THAT(second.told(), ElementsAre(reason::overloaded)) << "told, although the row is still there";
    EXPECT_EQ(s.stored("second").request_id, "r2");
    s.disk->open_gate();
    first.wait_for(1);
    s.starts.start(r, second.next());
    s.let_users_be_written(true);
    s.starts.tick();
    EXPECT_THAT(second.told(), ElementsAre(reason::overloaded, reason::overloaded));
    EXPECT_EQ(s.stored("second").request_id, "");
    EXPECT_FALSE(s.engine.find("r2"));
}

} // namespace
} // namespace signup
