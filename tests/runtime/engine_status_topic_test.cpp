// Status events on a topic.
#include "support/bench.hpp"

#include <sagaflow/error.hpp>

#include <gtest/gtest.h>

namespace sagaflow::test {
namespace {

saga<trip> told_trip() {
    return {
        .name = "told", .version = 1, .stages = stages(booking("seat")), .status = [](const view<trip>& v) {
            return book{v.state().traveller + " " + to_string(v.saga())};
        }};
}

TEST(engine_status_topic, gets_each_status_in_order_keyed_by_saga_over_a_restart) {
    bench b;
    auto o = b.options();
    o.status = status_topic{.address = "statuses"};
    const desk d(b.bus, [](const message& c) { return std::optional(success(c)); });
    const auto all = std::make_shared<box<std::vector<message>>>();
    std::vector<message> seen; // the bus calls one handler at a time
    b.bus->consume({.address = "statuses", .group = "g"},
                   [&](const std::vector<delivery>& came, const std::shared_ptr<settler>& by) {
                       for (const auto& one : came) {
                           seen.push_back(one.content);
                           by->settle({&one.tag, 1}, settler::verdict::acknowledge);
                           if (one.content.body.find("completed") != std::string::npos) all->put(seen);
                       }
                   });
    const auto run = [&](const std::string& id) {
        engine e(o);
        auto trips = e.host(told_trip());
        e.start();
        trips.start(id, {id}).value();
        auto came = all->take();
        while (came.back().saga_id != id) came = all->take(); // the end of the one before may come again
        e.stop();
        return came;
    };
    const auto first = run("ada");
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].saga_id, "ada");
    EXPECT_EQ(first[0].type, "told.status");
    EXPECT_EQ(first[0].body, "\"ada running\"");
    EXPECT_EQ(first[0].kind, message_kind::status);
    EXPECT_LT(std::stoull(first[0].id), std::stoull(first[1].id));
    const auto both = run("bob");
    EXPECT_EQ(both.back().body, "\"bob completed\"");
}

TEST(engine_status_topic, needs_an_address_and_a_transport_of_the_engine) {
    bench b;
    auto o = b.options();
    o.status = status_topic{};
    EXPECT_THROW(engine{o}, error);
    o.status = status_topic{.address = "statuses", .transport = memory::make_transport()};
    EXPECT_THROW(engine{o}, error);
}

} // namespace
} // namespace sagaflow::test
