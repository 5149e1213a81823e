// Definitions under everything that can go wrong: see <sagaflow/testing/simulation.hpp>. A failure names its
// seed: `sagaflow_simulate --tell SEED` tells the story.
#include "trips.hpp"

#include <gtest/gtest.h>

namespace {

// Seeds that once found something, and the first thousands.
TEST(simulation, every_promise_holds_with_every_kind_of_step) {
    EXPECT_EQ(trips::simulated(trips::whole()).run({.first_seed = 1, .runs = 10000}), "");
}

TEST(simulation, every_promise_holds_when_all_can_be_undone) {
    EXPECT_EQ(trips::simulated(trips::undoable()).run({.first_seed = 1'000'000, .runs = 10000}), "");
}

TEST(simulation, every_promise_holds_for_further_seeds) {
    EXPECT_EQ(trips::simulated(trips::whole()).run({.first_seed = 2'000'000, .runs = 5000}), "");
    EXPECT_EQ(trips::simulated(trips::undoable()).run({.first_seed = 3'000'000, .runs = 5000}), "");
}

TEST(simulation, the_same_seed_always_does_the_same) {
    const auto world = trips::simulated(trips::whole());
    for (const std::uint64_t seed : {1ULL, 7ULL, 996ULL}) EXPECT_EQ(world.tell(seed), world.tell(seed));
}

TEST(simulation, finds_a_compensation_that_uses_the_steps_own_reply) {
    auto definition = trips::whole();
    auto hotel = trips::bookable("hotel");
    hotel.compensate = [](const trips::trip& t) { return trips::cancel{t.booked}; };
    definition.stages = sagaflow::stages(hotel, trips::bookable("car"));
    const auto fault = trips::simulated(definition).run({.runs = 1000});
    EXPECT_NE(fault.find(".compensate uses only what was known before its step was sent"), std::string::npos)
        << fault;
    EXPECT_EQ(fault.find("seed "), 0U) << fault;
}

} // namespace
