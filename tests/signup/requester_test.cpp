// What becomes of a request to sign up or to be removed.
#include "user_service.hpp"

#include <gmock/gmock.h>

namespace signup {
namespace {

using reason = refusal::reason;
using sagaflow::saga_state;
using ::testing::StartsWith;

struct requesting : ::testing::Test {
    std::string id_of(const requested& outcome) {
        EXPECT_EQ(refused(outcome), std::nullopt);
        return refused(outcome) ? "" : std::get<std::string>(outcome);
    }
    // A user who is there.
    void make(const std::string& user_id) {
        s.let_others_answer();
        EXPECT_EQ(s.end_of(id_of(s.sign_up(user_id))), saga_state::completed);
    }
    user_service s;
};

TEST_F(requesting, a_sign_up_is_stored_with_the_hash_and_becomes_a_saga) {
    const auto id = id_of(s.sign_up("ada"));
    EXPECT_EQ(id.size(), 36U) << "a UUID";
    const auto r = s.stored("ada");
    EXPECT_EQ(r.request_id, id);
    EXPECT_EQ(r.saga_type, compensating_sign_up_type);
    EXPECT_THAT(r.password_hash, StartsWith("$argon2id$"));
    EXPECT_TRUE(s.engine.find(id));
}

TEST_F(requesting, the_same_sign_up_while_it_runs_is_the_same_saga) {
    const auto id = id_of(s.sign_up("ada"));
    EXPECT_EQ(id_of(s.sign_up("ada")), id);
}

TEST_F(requesting, other_fields_while_it_runs_are_refused_the_password_too) {
    id_of(s.sign_up("ada"));
    EXPECT_EQ(refused(s.sign_up("ada", "analytical engine", "c@d")), reason::other_fields);
    EXPECT_EQ(refused(s.sign_up("ada", "difference engine")), reason::other_fields);
}

TEST_F(requesting, a_user_who_is_there_is_refused) {
    make("ada");
    EXPECT_EQ(refused(s.sign_up("ada")), reason::user_exists);
}

TEST_F(requesting, after_a_failure_it_is_a_new_saga) {
    s.chat_has_everybody = true;
    s.let_others_answer();
    const auto id = id_of(s.sign_up("ada"));
    EXPECT_EQ(s.end_of(id), saga_state::compensated);
    s.chat_has_everybody = false;
    const auto again = id_of(s.sign_up("ada"));
    EXPECT_NE(again, id);
    EXPECT_EQ(s.end_of(again), saga_state::completed);
    EXPECT_TRUE(s.is_user("ada"));
}

TEST_F(requesting, nobody_can_be_removed_who_is_not_there_or_not_yet) {
    EXPECT_EQ(refused(s.remove("ada")), reason::unknown_user);
    id_of(s.sign_up("ada"));
    EXPECT_EQ(refused(s.remove("ada")), reason::being_added);
}

TEST_F(requesting, a_removal_is_a_saga_and_nothing_else_is_begun_while_it_runs) {
    make("ada");
    s.disk->close_gate();
    std::promise<requested> told;
    s.requests.remove("ada", [&](const requested& outcome) { told.set_value(outcome); });
    s.disk->wait_for_commit();
    EXPECT_EQ(refused(s.sign_up("ada")), reason::being_removed);
    s.disk->open_gate();
    const auto id = id_of(told.get_future().get());
    EXPECT_EQ(s.end_of(id), saga_state::completed);
    EXPECT_FALSE(s.is_user("ada"));
    EXPECT_EQ(refused(s.remove("ada")), reason::unknown_user);
}

TEST_F(requesting, more_than_may_wait_are_refused_and_leave_nothing) {
    std::promise<void> release;
    std::promise<void> running;
    s.hashers.post([&running, released = release.get_future().share()] {
        running.set_value();
        released.wait();
    });
    running.get_future().wait();
    s.hashers.post([] {}); // the one that may wait
    EXPECT_EQ(refused(s.sign_up("ada")), reason::overloaded);
    EXPECT_EQ(s.stored("ada").request_id, "");
    release.set_value();
}

TEST_F(requesting, a_database_that_takes_nothing_is_unavailable) {
    s.let_users_be_written(false);
    EXPECT_EQ(refused(s.sign_up("ada")), reason::unavailable);
    EXPECT_NE(s.users.trouble(), "");
    s.let_users_be_written(true);
    id_of(s.sign_up("ada"));
    EXPECT_EQ(s.users.trouble(), "");
}

} // namespace
} // namespace signup
