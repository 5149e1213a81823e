// A definition as a value: what is refused, what its fingerprint tells, how it is drawn.
#include "definitions.hpp"

#include <sagaflow/error.hpp>

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

plan good() {
    return *make_plan(
        saga_of(a_step("a"), parallel(a_step("b"), a_step("c")), a_pivot("p"), a_retriable("r")));
}

// What is wrong with it; empty: nothing.
std::string complaint(const plan& p) {
    try {
        validate(p);
        return {};
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::invalid_argument);
        return e.what();
    }
}

TEST(definition, accepts_what_is_right_up_to_its_bounds) {
    EXPECT_EQ(complaint(good()), "");
    auto p = good();
    p.name = p.steps[0].name = std::string(64, 'x');
    p.steps[1].name = "A.b_c-9";
    p.steps[0].timeout = 24h * 365 * 10;
    p.timeout = 24h * 365 * 10;
    p.steps[0].retry = {.attempts = 1, .first_delay = 0s, .max_delay = 0s};
    EXPECT_EQ(complaint(p), "");
}

TEST(definition, each_mistake_is_named) {
    constexpr duration too_long = 24h * 365 * 11;
    struct mistake {
        std::function<void(plan&)> make;
        std::string said;
    };
    const std::string delays =
        ": delays must not be negative, max_delay not under first_delay nor over ten years";
    const std::string name = ": a name is 1 to 64 letters, digits, '.', '_' or '-'";
    const std::vector<mistake> all = {
        {[](plan& p) { p.name = ""; }, "saga ''" + name},
        {[](plan& p) { p.name = "a b"; }, "saga 'a b'" + name},
        {[](plan& p) { p.version = 0; }, "version must be at least 1"},
        {[](plan& p) { p.steps.clear(); }, "it has no steps"},
        {[](plan& p) { p.timeout = 0s; }, "timeout must be positive and at most ten years"},
        {[=](plan& p) { p.timeout = too_long; }, "timeout must be positive and at most ten years"},
        {[](plan& p) { p.timeout = duration::max(); }, "timeout must be positive and at most ten years"},
        {[](plan& p) { p.steps[0].name = ""; }, "step ''" + name},
        {[](plan& p) { p.steps[0].name = "a/b"; }, "step 'a/b'" + name},
        {[](plan& p) { p.steps[0].name = "\xC3\xA4"; }, "step '\xC3\xA4'" + name},
        {[](plan& p) { p.steps[1].name = "a"; }, "step 'a': the name is used twice"},
        {[](plan& p) { p.steps[0].command_type = ""; }, "step 'a': its command has an empty type"},
        {[](plan& p) { p.steps[0].compensation_type = ""; }, "step 'a': its compensation has an empty type"},
        {[](plan& p) { p.steps[0].timeout = 0s; }, "step 'a': timeout must be positive and at most ten"},
        {[=](plan& p) { p.steps[0].timeout = too_long; }, "step 'a': timeout must be positive and at most"},
        {[](plan& p) { p.steps[0].compensation_timeout = -1s; }, "step 'a': compensation_timeout must be"},
        {[](plan& p) { p.steps[0].retry.attempts = 0; }, "step 'a' retry: attempts must be at least 1"},
        {[](plan& p) { p.steps[0].retry.first_delay = -1s; }, "step 'a' retry" + delays},
        {[](plan& p) { p.steps[0].retry.max_delay = 999ms; }, "step 'a' retry" + delays},
        {[=](plan& p) { p.steps[0].retry.max_delay = too_long; }, "step 'a' retry" + delays},
        {[](plan& p) { p.steps[0].compensation_retry.attempts = -1; },
         "step 'a' compensation_retry: attempts must be at least 1"},
        {[](plan& p) { p.steps[0].compensation_retry.max_delay = 0s; },
         "step 'a' compensation_retry" + delays},
    };
    for (const auto& m : all) {
        auto p = good();
        m.make(p);
        const auto text = complaint(p);
        EXPECT_NE(text.find("\n  " + m.said), std::string::npos) << m.said << "\n" << text;
        EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
        EXPECT_EQ(text.find("the definition of saga '" + p.name + "' is not valid:"), 0U) << text;
    }
}

TEST(definition, R3_a_step_name_is_at_most_64_bytes) {
    auto p = good();
    p.steps[0].name = std::string(65, 'x');
    EXPECT_NE(complaint(p), "");
}

TEST(definition, all_mistakes_are_told_at_once) {
    auto p = good();
    p.version = 0;
    p.steps[0].timeout = 0s;
    p.steps[4].retry.attempts = 0;
    const auto text = complaint(p);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
}

TEST(definition, of_a_step_with_nothing_to_compensate_the_policy_of_its_compensation_does_not_matter) {
    auto a = a_step("a");
    a.compensate = nothing_to_compensate;
    a.compensation_timeout = 0s;
    EXPECT_EQ(complaint(*make_plan(saga_of(a))), "");
}

TEST(definition, R15_the_fingerprint_tells_stages_kinds_names_and_types) {
    EXPECT_EQ(fingerprint(good()),
              "stage 1: step a sends svc.act, undone by svc.undo\n"
              "stage 2: step b sends svc.act, undone by svc.undo\n"
              "stage 2: step c sends svc.act, undone by svc.undo\n"
              "stage 3: pivot p sends svc.act\n"
              "stage 4: retriable r sends svc.act\n");
}

TEST(definition, R15_the_fingerprint_changes_with_names_kinds_order_and_types) {
    const std::function<void(plan&)> changes[] = {
        [](plan& p) { p.steps[0].name = "x"; },
        [](plan& p) { p.steps[0].kind = step_kind::retriable; },
        [](plan& p) { p.steps[3].kind = step_kind::compensatable; },
        [](plan& p) { std::swap(p.steps[0].name, p.steps[1].name); },
        [](plan& p) { std::swap(p.steps[1], p.steps[2]); },
        [](plan& p) { p.steps[2].stage = 2; },
        [](plan& p) { p.steps[0].command_type = "svc.other"; },
        [](plan& p) { p.steps[0].compensation_type = "svc.other"; },
        [](plan& p) { p.steps[0].compensation_type = ""; },
        [](plan& p) { p.steps.pop_back(); },
    };
    for (const auto& change : changes) {
        auto p = good();
        change(p);
        EXPECT_NE(fingerprint(p), fingerprint(good())) << fingerprint(p);
    }
}

TEST(definition, R15_the_fingerprint_does_not_change_with_functions_times_policies_and_version) {
    auto p = good();
    p.version = 2;
    p.timeout = 1h;
    p.compensation_failure = on_compensation_failure::go_on;
    p.status = [](const void*, const progress&) { return std::string("{}"); };
    for (auto& s : p.steps) {
        s.timeout = s.compensation_timeout = 1h;
        s.retry = s.compensation_retry = {.attempts = 1};
        s.when = [](const void*) { return false; };
        s.on_rejected = [](void*, const rejection&) {};
        s.send = [](const void*) { return std::string(); };
    }
    EXPECT_EQ(fingerprint(p), fingerprint(good()));
}

TEST(definition, is_drawn_with_its_stages_side_by_side_and_what_undoes_each_step) {
    EXPECT_EQ(to_mermaid(good()), R"x(flowchart LR
  begin((trip))
  s0["a<br/>svc.act"]
  s0 -. undo .-> u0[/"svc.undo"/]
  s1["b<br/>svc.act"]
  s1 -. undo .-> u1[/"svc.undo"/]
  s2["c<br/>svc.act"]
  s2 -. undo .-> u2[/"svc.undo"/]
  s3{{"p<br/>svc.act"}}
  s4(["r<br/>svc.act"])
  begin --> s0
  s0 --> s1
  s0 --> s2
  s1 --> s3
  s2 --> s3
  s3 --> s4
  s4 --> finish(((completed)))
)x");
    EXPECT_EQ(to_mermaid(*make_plan(saga_of(parallel(a_retriable("r"), a_retriable("s"))))), R"x(flowchart LR
  begin((trip))
  s0(["r<br/>svc.act"])
  s1(["s<br/>svc.act"])
  begin --> s0
  s0 --> finish(((completed)))
  begin --> s1
  s1 --> finish(((completed)))
)x");
}

} // namespace
} // namespace sagaflow::core::test
