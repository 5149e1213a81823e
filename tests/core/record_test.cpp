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

} // namespace
} // namespace sagaflow::core::test
