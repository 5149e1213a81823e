// The user's part of a stored record comes back as it was written: commands are made of it again.
#include "text/raw_member.hpp"

#include "core/record.hpp"
#include "definitions.hpp"

#include <gtest/gtest.h>

namespace sagaflow::core::test {
namespace {

using text::raw_member;

TEST(raw_member, is_the_text_between_the_colon_and_what_follows) {
    constexpr std::string_view object =
        " {\"a\" : 1.50 ,\"b\":\"x\\\"},{\\\\\",\"c\":{\"b\":[2,{\"d\":\"}\"}]} , \"d\":[ ] }";
    EXPECT_EQ(raw_member(object, "a"), "1.50");
    EXPECT_EQ(raw_member(object, "b"), R"("x\"},{\\")");
    EXPECT_EQ(raw_member(object, "c"), R"({"b":[2,{"d":"}"}]})");
    EXPECT_EQ(raw_member(object, "d"), "[ ]");
    EXPECT_EQ(raw_member(object, "e"), std::nullopt);
    EXPECT_EQ(raw_member("{}", "a"), std::nullopt);
    EXPECT_EQ(raw_member(R"({"a":1,"a":2})", "a"), "2");
}

TEST(raw_member, ends_with_the_text_even_if_that_is_cut_off) {
    constexpr std::string_view object = R"({"a":{"b":"\\"},"data":[1,{"x":"y\""}]})";
    for (std::size_t n = 0; n < object.size(); ++n) raw_member(object.substr(0, n), "data");
    SUCCEED();
}

TEST(record, R3_a_state_keeps_every_digit_and_blank_over_a_restart) {
    const auto p = make_plan(saga_of(a_step("a")));
    saga_row row;
    row.id = "s-1";
    row.birth = 7;
    row.saga_type = "trip";
    const std::string data =
        R"({"notes":"x","vip":false, "price":12.340, "big":123456789012345678901234567890, "e":[1E2]})";
    row.record = R"({"steps":{"a":"done"},"data":)" + data + "}";
    EXPECT_EQ(data_of(row), data);
    const auto record = decode(*p, row, time_point(1h));
    EXPECT_EQ(record.data, data);
    EXPECT_EQ(data_of(encode(*p, record)), data);
}

} // namespace
} // namespace sagaflow::core::test
