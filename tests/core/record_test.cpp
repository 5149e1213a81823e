// A stored record that can't be read is refused, and the text says which, where, and what to do.
#include "core/record.hpp"

#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

std::string refusal(const std::string& record) {
    static const auto p = make_plan(saga_of(a_step("a"), a_pivot("p"), a_retriable("r")));
    saga_row row;
    row.birth = 7;
    row.id = "s-1";
    row.saga_type = "trip";
    row.record = record;
    try {
        decode(*p, row, time_point(1h));
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::corrupt) << e.what();
        return e.what();
    }
    return "it was read";
}

TEST(record, what_can_not_be_read_is_refused_with_a_text_that_helps) {
    const std::pair<const char*, const char*> all[] = {
        {"[]", "it is not a JSON object"},
        {"{}", "it has no data"},
        {R"({"data":{}})", "it has no steps"},
        {R"({"data":{},"steps":{"x":"done"}})", "a step 'x' that the definition does not have"},
        {R"({"data":{},"steps":{"a":5}})", "step 'a' is neither a string nor an object"},
        {R"({"data":{},"steps":{"a":"flying"}})", "unknown value 'flying'; it may come from a newer version"},
        {R"({"data":{},"steps":{"a":"sent"}})", "step 'a' was sent but has no attempt"},
        {R"({"data":{},"steps":{"p":"in_doubt"}})", "step 'p' was sent but has no attempt"},
        {R"({"data":{},"steps":{"a":"compensation_failed"}})", "step 'a' was sent but has no attempt"},
        {R"({"data":{},"steps":{"a":"rejected"}})", "step 'a' is rejected for no reason"},
        {R"({"data":{},"steps":{"a":{"is":"sent","attempt":0}}})", "steps.a.attempt is not a number from 1"},
        {R"({"data":{},"steps":{"a":{"is":"done","taken":"yes"}}})",
         "steps.a.taken is neither true nor false"},
        {R"({"data":{},"steps":{},"phase":5})", "phase is not an object"},
        {R"({"data":{},"steps":{},"kept":[5]})", "kept holds something else than objects"},
    };
    for (const auto& [record, said] : all) {
        const auto text = refusal(record);
        EXPECT_NE(text.find(said), std::string::npos) << record << "\n" << text;
        EXPECT_NE(text.find("saga 's-1' (birth 7)"), std::string::npos) << text;
        EXPECT_NE(text.find("restore the store from a backup"), std::string::npos) << text;
    }
}

plan three_steps() {
    return *make_plan(saga_of(parallel(a_step("a"), a_step("b")), a_pivot("p"), a_retriable("r")));
}

std::unique_ptr<std::string> words(const char* text) {
    return std::make_unique<std::string>(text);
}

outstanding out_since(std::int64_t issued, int attempt) {
    outstanding o;
    o.attempt = attempt;
    o.issued = time_point(duration(issued));
    o.due = time_point(duration(issued + 5));
    return o;
}

// Everything that a record can hold, with bytes that JSON has to escape.
saga_record full() {
    saga_record r;
    r.id = "s-1";
    r.birth = 7;
    r.input_hash = 0xfedcba9876543210ULL;
    r.last_event = 99;
    r.started = time_point(duration(1));
    r.due = time_point(duration(2));
    r.due_noted = r.alerted = true;
    r.late_replies = 4'000'000'000U;
    r.phase =
        phase::suspended{suspension::by_operator, "a \"quoted\"\n\tline \\ and \x01", words("no money")};
    r.data = R"({"notes":"x","vip":true})";
    r.steps.resize(4);
    auto& a = r.steps[0];
    a.state = step_state::compensating;
    a.action_number = 2;
    a.compensation_number = 65535;
    a.late_noted = a.late_compensation_noted = true;
    a.out = std::make_unique<outstanding>(out_since(1000, unlimited));
    a.out->body = words("{\"text\":\"\xE2\x82\xAC\"}");
    auto& b = r.steps[1];
    b.state = step_state::compensation_failed;
    b.given_up = b.answered = true;
    b.reason = words("shut");
    r.steps[2].state = step_state::done;
    auto& rejected = r.steps[3];
    rejected.state = step_state::rejected;
    rejected.taken = true;
    rejected.reason = words("");
    r.status = R"({"colour":"green"})";
    r.kept = {{"a", true, 3, reply_outcome::rejected, "not { JSON"},
              {"r", false, 1, reply_outcome::unknown, ""}};
    r.trace = std::make_unique<trace_context>(trace_context{"00-parent", "state"});
    return r;
}

TEST(record, what_is_written_is_read_back_to_the_last_member) {
    const auto p = three_steps();
    const auto row = encode(p, full());
    const auto r = decode(p, row, time_point(1h));
    EXPECT_EQ(r.id, "s-1");
    EXPECT_EQ(r.birth, 7U);
    EXPECT_EQ(r.input_hash, 0xfedcba9876543210ULL);
    EXPECT_EQ(r.last_event, 99U);
    EXPECT_EQ(r.started, time_point(duration(1)));
    EXPECT_EQ(r.due, time_point(duration(2)));
    EXPECT_TRUE(r.due_noted && r.alerted);
    EXPECT_EQ(r.late_replies, 4'000'000'000U);
    ASSERT_TRUE(suspended(r) && suspended(r)->compensating);
    EXPECT_EQ(suspended(r)->reason, suspended(full())->reason);
    EXPECT_EQ(*suspended(r)->compensating, "no money");
    ASSERT_TRUE(r.steps[0].out && r.steps[0].out->body);
    EXPECT_EQ(r.steps[0].out->attempt, unlimited);
    EXPECT_EQ(*r.steps[0].out->body, *full().steps[0].out->body);
    EXPECT_EQ(r.steps[0].compensation_number, 65535);
    EXPECT_TRUE(r.steps[3].taken);
    ASSERT_EQ(r.kept.size(), 2U);
    EXPECT_EQ(r.kept[0].body, "not { JSON");
    ASSERT_TRUE(r.trace);
    EXPECT_EQ(encode(p, r).record, row.record) << "what is written again is the same";
    EXPECT_EQ(data_of(row), full().data);
}

TEST(record, every_state_of_a_saga_and_of_a_step_is_read_back) {
    const auto p = three_steps();
    const auto round_trip = [&](saga_record r) {
        const auto row = encode(p, r);
        const auto back = decode(p, row, time_point(1h));
        EXPECT_EQ(state_of(back), state_of(r));
        EXPECT_EQ(reason_of(back), reason_of(r));
        EXPECT_EQ(encode(p, back).record, row.record);
    };
    const auto in_phase = [](phase_record at) {
        auto r = full();
        r.phase = std::move(at);
        return r;
    };
    round_trip(in_phase(phase::running{}));
    round_trip(in_phase(phase::compensating{"x"}));
    round_trip(in_phase(phase::completed{}));
    round_trip(in_phase(phase::compensated{"x"}));
    round_trip(in_phase(phase::abandoned{"x"}));
    for (auto why = suspension::rejected; why <= suspension::by_operator;
         why = static_cast<suspension>(static_cast<int>(why) + 1))
        round_trip(in_phase(phase::suspended{why, "x", nullptr}));
    for (auto s = step_state::waiting; s <= step_state::compensation_failed;
         s = static_cast<step_state>(static_cast<int>(s) + 1)) {
        auto r = full();
        r.steps[2].state = s;
        r.steps[2].out = std::make_unique<outstanding>(out_since(3, 1));
        r.steps[2].reason = words("x");
        const auto row = encode(p, r);
        EXPECT_EQ(decode(p, row, time_point(1h)).steps[2].state, s);
        round_trip(std::move(r));
    }
}

TEST(record, one_that_is_cut_off_at_any_byte_is_refused) {
    const auto p = three_steps();
    const auto whole = encode(p, full());
    for (std::size_t n = 0; n < whole.record.size(); ++n) {
        auto row = whole;
        row.record.resize(n);
        try {
            decode(p, row, time_point(1h));
            ADD_FAILURE() << "read from " << n << " bytes";
        } catch (const error& e) {
            EXPECT_EQ(e.code(), errc::corrupt) << e.what();
        }
    }
}

TEST(record, one_that_differs_in_any_byte_is_read_or_refused_and_nothing_else) {
    const auto p = three_steps();
    const auto whole = encode(p, full());
    for (std::size_t n = 0; n < whole.record.size(); ++n) {
        for (const char c : {'\0', '"', '{', ']', ',', '9', '\xff'}) {
            auto row = whole;
            row.record[n] = c;
            try {
                (void)encode(p, decode(p, row, time_point(1h)));
            } catch (const error& e) {
                EXPECT_TRUE(e.code() == errc::corrupt || e.code() == errc::invalid_argument) << e.what();
            }
        }
    }
}

TEST(record, depth_and_size_do_no_harm) {
    const auto nested = [](std::size_t depth) {
        return R"({"steps":{},"data":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    EXPECT_NE(refusal(nested(100'000)), "it was read");
    EXPECT_NE(refusal(R"({"steps":)" + std::string(100'000, '[')), "it was read");
    const std::string long_word(1'000'000, 'x');
    EXPECT_NE(refusal(R"({"data":{},"steps":{"a":")" + long_word + R"("}})").find("unknown value"),
              std::string::npos);
    for (const auto* record : {R"({"data":{},"steps":{"a":{"is":"sent","attempt":99999999999999999999}}})",
                               R"({"data":{},"steps":{"a":{"is":"done","action":65536}}})",
                               R"({"data":{},"steps":{"a":{"is":"sent","attempt":1,"due":253402300800000}}})",
                               R"({"data":{},"steps":{"a":{"is":"sent","attempt":1,"issued":-1}}})",
                               R"({"data":{},"steps":{},"late_replies":4294967296})"})
        EXPECT_NE(refusal(record).find("is not a number from"), std::string::npos) << record;
    saga_row row;
    row.record = R"({"steps":{},"data":)" + std::string(60, '[') + std::string(60, ']') + "}";
    EXPECT_EQ(data_of(row).size(), 120U) << "a state may be deep";
}

TEST(record, members_that_nobody_here_knows_are_ignored) {
    const auto p = three_steps();
    saga_row row;
    row.state = saga_state::compensating;
    row.record = R"({"new":[1,{"x":null}],"phase":{"reason":"no","new":1},)"
                 R"("steps":{"a":{"is":"done","new":{}}},"data":{"notes":"x","new":5}})";
    const auto r = decode(p, row, time_point(1h));
    EXPECT_EQ(reason_of(r), "no");
    EXPECT_EQ(r.steps[0].state, step_state::done);
    EXPECT_EQ(r.steps[1].state, step_state::waiting) << "what is not told has its default";
}

TEST(record, one_of_a_newer_version_is_refused_and_the_text_says_so) {
    for (const auto* record : {R"({"data":{},"steps":{"a":"paused"}})",
                               R"({"data":{},"steps":{},"kept":[{"step":"a","outcome":"perhaps"}]})"})
        EXPECT_NE(refusal(record).find("it may come from a newer version"), std::string::npos) << record;
    saga_row row;
    row.state = saga_state::suspended;
    row.record = R"({"data":{},"steps":{},"phase":{"why":"moon"}})";
    EXPECT_THROW(decode(three_steps(), row, time_point(1h)), error);
}

} // namespace
} // namespace sagaflow::core::test
