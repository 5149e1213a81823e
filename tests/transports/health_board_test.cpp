#include "shared/health_board.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::transports {

using condition = transport_health::condition;

struct listener {
    std::vector<std::string> heard;
    health_handler handler() {
        return [this](const transport_health& h) {
            const char* names[] = {"up", "down", "blocked"};
            heard.push_back(std::string(names[static_cast<int>(h.now)]) + ": " + h.reason);
        };
    }
};

TEST(health_board, is_as_the_worst_of_its_parts_and_tells_changes_only) {
    health_board board(2);
    listener a;
    board.add(a.handler());
    board.set(0, {});
    board.set(1, {});
    board.set(1, {condition::blocked, "memory"});
    board.set(0, {condition::down, "refused"});
    board.set(0, {condition::down, "refused"});
    board.set(1, {});
    board.set(0, {});
    EXPECT_EQ(a.heard, (std::vector<std::string>{"up: ", "blocked: memory", "down: refused", "up: "}));
}

TEST(health_board, says_nothing_before_it_knows_that_it_is_well_or_that_it_is_not) {
    health_board well(2), unwell(2);
    listener of_well, of_unwell;
    well.add(of_well.handler());
    unwell.add(of_unwell.handler());
    well.set(1, {});
    EXPECT_EQ(of_well.heard, std::vector<std::string>{});
    well.set(0, {});
    EXPECT_EQ(of_well.heard, std::vector<std::string>{"up: "});
    unwell.set(1, {condition::down, "refused"});
    unwell.set(1, {}); // nobody has said that the other one is
    EXPECT_EQ(of_unwell.heard, std::vector<std::string>{"down: refused"});
}

TEST(health_board, tells_each_user_at_once_and_nobody_after_its_end) {
    health_board board(1);
    listener early, late, too_late;
    board.add(early.handler());
    board.set(0, {});
    board.add(late.handler());
    board.close();
    board.close();
    board.set(0, {condition::down, "no more"});
    board.add(too_late.handler());
    EXPECT_EQ(early.heard, (std::vector<std::string>{"up: ", "down: the transport is closed"}));
    EXPECT_EQ(late.heard, (std::vector<std::string>{"up: ", "down: the transport is closed"}));
    EXPECT_EQ(too_late.heard, (std::vector<std::string>{"down: the transport is closed"}));
}

} // namespace sagaflow::transports
