#include <sagaflow/header_list.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::wire {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

pairs all(const header_list& h) {
    return {h.begin(), h.end()};
}

TEST(header_list, keeps_names_and_values_in_order_empty_ones_and_repeated_ones_too) {
    header_list h;
    h.add("a", "1");
    h.add("", "");
    h.add("ce_", "id", "x");
    h.add("a", std::string(100, 'y'));
    EXPECT_EQ(all(h), (pairs{{"a", "1"}, {"", ""}, {"ce_id", "x"}, {"a", std::string(100, 'y')}}));
    EXPECT_EQ(h.size(), 4U);
    EXPECT_EQ(h.bytes(), 2U + 6U + 101U);
    EXPECT_EQ(h[2].second, "x");
}

TEST(header_list, begins_empty) {
    const header_list h;
    EXPECT_TRUE(h.empty());
    EXPECT_EQ(h.begin(), h.end());
}

TEST(header_list, tells_apart_where_a_name_ends) {
    EXPECT_EQ((header_list{{"ab", "c"}}), (header_list{{"ab", "c"}}));
    EXPECT_NE((header_list{{"ab", "c"}}), (header_list{{"a", "bc"}}));
    EXPECT_NE((header_list{{"ab", "c"}}), (header_list{{"ab", "c"}, {"", ""}}));
}

} // namespace
} // namespace sagaflow::wire
