// The defaults that the rules name: who changes one changes a promise.
#include <sagaflow/engine.hpp>
#include <sagaflow/participant.hpp>
#include <sagaflow/retry.hpp>

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

using namespace std::chrono_literals;

TEST(Defaults, R9_a_compensation_is_tried_for_ever_with_a_delay_of_up_to_a_minute) {
    EXPECT_EQ(retry_for_ever.attempts, unlimited);
    EXPECT_EQ(retry_for_ever.max_delay, 1min);
}

TEST(Defaults, B6_a_batch_ends_at_256_commands_or_after_20_ms) {
    EXPECT_EQ(participant_options{}.batch_size, 256U);
    EXPECT_EQ(participant_options{}.batch_time, 20ms);
}

TEST(Defaults, B7_what_can_not_be_read_is_a_dead_letter) {
    EXPECT_EQ(participant_options{}.on_unreadable, unreadable::dead_letter);
}

TEST(Defaults, B8_inbox_rows_live_30_days_and_commands_are_resent_for_20) {
    EXPECT_EQ(participant_options{}.inbox_retention, 24h * 30);
    EXPECT_EQ(engine_options{}.command_lifetime, 24h * 20);
}

TEST(Defaults, R16_recovery_goes_as_fast_as_it_can) {
    EXPECT_EQ(engine_options{}.resend_per_second, 0U);
}

TEST(Defaults, R20_every_limit_has_one) {
    const engine_limits all;
    for (const auto limit : {all.payload_bytes, all.hot_sagas, all.pending_starts, all.unaccepted_publishes,
                             all.queued_replies, all.watchers, all.watcher_backlog})
        EXPECT_GT(limit, 0U);
}

} // namespace
} // namespace sagaflow::test
