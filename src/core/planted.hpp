// Bugs on purpose, to show that the simulator finds them (tests/simulation/planted_bugs_test.cpp). In every
// build but that test's they do not exist.
#pragma once

namespace sagaflow::core {

enum class bug {
    none,
    effect_before_commit,
    reply_acknowledged_before_commit,
    lost_timer,
    eviction_loses_the_timer,
    lost_outbox_after_crash,
    failed_publish_forgotten,
    second_saga_for_an_id,
    sequence_goes_back,
    events_do_not_chain,
    in_doubt_not_compensated,
    ends_before_all_is_undone,
    retry_with_a_new_id,
    body_changes_under_its_id,
    late_reply_counts,
    handler_runs_again,
    compensation_of_nothing_reaches_its_handler,
    action_runs_after_its_compensation,
    old_commands_are_handled,
    status_cursor_skips_failures,
};

#ifdef SAGAFLOW_PLANTED_BUGS
extern bug planted_bug;
inline bool planted(bug b) {
    return planted_bug == b;
}
#else
constexpr bool planted(bug) {
    return false;
}
#endif

} // namespace sagaflow::core
