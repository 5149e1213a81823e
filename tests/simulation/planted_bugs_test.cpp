// Shows that the simulator bites: a second build of the core has bugs planted in it (src/core/planted.hpp);
// each, switched on, is found within some thousand seeds.
#include "core/planted.hpp"
#include "trips.hpp"

#include <string>

#include <gtest/gtest.h>

namespace sagaflow::core {
bug planted_bug = bug::none;
}

namespace {

using sagaflow::core::bug;

struct planted_case {
    bug what;
    const char* name;
    const char* promise; // that it breaks: part of the text
};

class planted_bugs : public ::testing::TestWithParam<planted_case> {
  protected:
    ~planted_bugs() override { sagaflow::core::planted_bug = bug::none; }

    static std::string found() {
        const sagaflow::testing::simulation_options options = {.runs = 4000};
        auto fault = trips::simulated(trips::whole()).run(options);
        return fault.empty() ? trips::simulated(trips::undoable()).run(options) : fault;
    }
};

TEST_P(planted_bugs, is_found) {
    sagaflow::core::planted_bug = GetParam().what;
    const auto fault = found();
    EXPECT_NE(fault.find(GetParam().promise), std::string::npos)
        << (fault.empty() ? "nothing was found" : fault.substr(fault.rfind("a promise is broken")));
}

TEST(no_planted_bug, nothing_is_found_when_none_is_switched_on) {
    EXPECT_EQ(trips::simulated(trips::whole()).run({.runs = 500}), "");
}

constexpr planted_case cases[] = {
    {bug::effect_before_commit, "effect_before_commit", "before its commit"},
    {bug::reply_acknowledged_before_commit, "reply_acknowledged_before_commit",
     "acknowledged after its commit"},
    {bug::lost_timer, "lost_timer", "every saga ends"},
    {bug::eviction_loses_the_timer, "eviction_loses_the_timer", "every saga ends"},
    {bug::lost_outbox_after_crash, "lost_outbox_after_crash", "every saga ends"},
    {bug::failed_publish_forgotten, "failed_publish_forgotten", "every saga ends"},
    {bug::second_saga_for_an_id, "second_saga_for_an_id", "exists already"},
    {bug::sequence_goes_back, "sequence_goes_back", "broken"},
    {bug::events_do_not_chain, "events_do_not_chain", "chain"},
    {bug::in_doubt_not_compensated, "in_doubt_not_compensated", "leaves no step done and uncompensated"},
    {bug::ends_before_all_is_undone, "ends_before_all_is_undone", "a compensated saga"},
    {bug::retry_with_a_new_id, "retry_with_a_new_id", "an id changes only after a stored rejection"},
    {bug::body_changes_under_its_id, "body_changes_under_its_id", "bodies under one command id never change"},
    {bug::late_reply_counts, "late_reply_counts", "broken"},
    {bug::handler_runs_again, "handler_runs_again", "broken"},
    {bug::compensation_of_nothing_reaches_its_handler, "compensation_of_nothing_reaches_its_handler",
     "no compensation touches what its action did not make"},
    {bug::action_runs_after_its_compensation, "action_runs_after_its_compensation", "broken"},
    {bug::old_commands_are_handled, "old_commands_are_handled", "broken"},
    {bug::status_cursor_skips_failures, "status_cursor_skips_failures", "the status topic's cursor"},
};

INSTANTIATE_TEST_SUITE_P(simulator, planted_bugs, ::testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

} // namespace
