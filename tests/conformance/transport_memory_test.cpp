#include <sagaflow/error.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/testing/transport_conformance.hpp>

#include <ctime>

namespace sagaflow::testing {

// [conformance]
struct memory_transports {
    std::shared_ptr<transport> connect() { return memory::make_transport(); }
    static constexpr bool connects_again = false;
    static constexpr bool restarts = false;
    static constexpr bool keeps_unclaimed = true;
};

INSTANTIATE_TYPED_TEST_SUITE_P(memory, transport_conformance, memory_transports);
INSTANTIATE_TYPED_TEST_SUITE_P(memory, transport_life_conformance, memory_transports);
INSTANTIATE_TYPED_TEST_SUITE_P(memory, transport_restart_conformance, memory_transports);
// [/conformance]

std::vector<message> messages(int from, int to) {
    std::vector<message> batch;
    for (int n = from; n < to; ++n)
        batch.push_back(make_message("chats", "saga-" + std::to_string(n % 4), n));
    return batch;
}

std::vector<int> verdict_counts(publisher& by, std::vector<message> batch) {
    std::vector<int> counts(3);
    for (const auto v : by.wait(by.publish(std::move(batch)))) ++counts[static_cast<std::size_t>(v)];
    return counts;
}

TEST(memory_transport, keeps_the_order_of_a_saga_while_consumers_join) {
    const auto bus = memory::make_transport();
    receiver r;
    publisher out(bus);
    r.subscribe(*bus, {.address = "chats", .group = "g", .prefetch = 3});
    for (int round = 0; round < 50; ++round) {
        out.publish(messages(round * 20, round * 20 + 20));
        if (round % 10 == 0) r.subscribe(*bus, {.address = "chats", .group = "g", .prefetch = 3});
    }
    for (const auto& [saga, steps] : steps_by_saga(r.wait_for(1000))) {
        for (std::size_t i = 1; i < steps.size(); ++i)
            EXPECT_LT(std::stoi(steps[i - 1].substr(5)), std::stoi(steps[i].substr(5))) << saga;
    }
    EXPECT_EQ(r.count(), 1000U);
    bus->close();
}

TEST(memory_transport, a_saga_does_not_overtake_itself_when_a_consumer_joins) {
    const auto bus = memory::make_transport();
    publisher out(bus);
    receiver first(receiver::habit::keep);
    first.subscribe(*bus, {.address = "chats", .group = "g", .prefetch = 4});
    out.publish_all(messages(0, 4));
    const auto held = first.wait_for(4); // one of each saga
    std::atomic<bool> released{false};
    std::atomic<bool> overtook{false};
    std::atomic<std::size_t> came{0};
    for (int guest = 0; guest < 8; ++guest) {
        bus->consume({.address = "chats", .group = "g"},
                     [&](const std::vector<delivery>& batch, const std::shared_ptr<settler>&) {
                         for (const auto& d : batch)
                             if (d.content.saga_id.starts_with("saga-") && !released) overtook = true;
                         came += batch.size();
                     });
    }
    out.publish_all(messages(4, 8));
    std::vector<message> others;
    for (int n = 0; n < 100; ++n) others.push_back(make_message("chats", "other-" + std::to_string(n), n));
    out.publish_all(std::move(others));
    const auto wait_for = [&](std::size_t count) {
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (came < count && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
        EXPECT_GE(came, count);
    };
    wait_for(50); // the rest belongs to the first, or shares a slot with what it holds
    released = true;
    for (const auto& d : held) first.settle({d.tag}, settler::verdict::acknowledge);
    first.leave();
    wait_for(104);
    EXPECT_FALSE(overtook);
    bus->close();
}

// Processor time of this process, all its threads.
std::chrono::nanoseconds worked() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

// The first consumer holds one message of each saga and wants the other one again; that one belongs to
// whoever owns the saga now, and has to wait until the first is settled.
TEST(memory_transport, sleeps_while_a_message_to_be_repeated_waits_for_another_consumer) {
    const auto bus = memory::make_transport();
    publisher out(bus);
    receiver first(receiver::habit::keep);
    first.subscribe(*bus, {.address = "chats", .group = "g", .prefetch = 32});
    out.publish_all(messages(0, 32));
    const auto held = first.wait_for(32);
    gate over;
    std::atomic<int> ticks{0};
    bus->consume({.address = "chats", .group = "g"},
                 [](const std::vector<delivery>&, const std::shared_ptr<settler>&) {});
    bus->consume({.address = "clock", .group = "g"},
                 [&](const std::vector<delivery>& batch, const std::shared_ptr<settler>& by) {
                     const bool last = ++ticks == 7; // after pauses of 315 ms together
                     const std::uint64_t tag = batch.front().tag;
                     by->settle({&tag, 1}, last ? settler::verdict::acknowledge : settler::verdict::retry);
                     if (last) over.open();
                 });
    for (std::size_t i = 0; i < 4; ++i) first.settle({held[i].tag}, settler::verdict::retry);
    const auto worked_before = worked();
    const auto began = std::chrono::steady_clock::now();
    out.publish_all({make_message("clock", "clock", 0)});
    over.wait();
    EXPECT_LT(worked() - worked_before, (std::chrono::steady_clock::now() - began) / 10);
    for (std::size_t i = 4; i < held.size(); ++i) first.settle({held[i].tag}, settler::verdict::acknowledge);
    bus->close();
}

TEST(memory_transport, fails_what_is_over_its_bound_and_takes_it_when_there_is_room) {
    const auto bus = memory::make_transport({.queued_messages = 10});
    publisher out(bus);
    EXPECT_EQ(verdict_counts(out, messages(0, 12)), (std::vector{10, 2, 0})) << "while nobody takes them";
    receiver r(receiver::habit::keep);
    r.subscribe(*bus, {.address = "chats", .group = "g", .prefetch = 4});
    r.wait_for(4);
    EXPECT_EQ(verdict_counts(out, messages(20, 30)), (std::vector{4, 6, 0})) << "while its group is behind";
    for (std::size_t n = 0; n < 14; ++n) r.settle({r.wait_for(n + 1)[n].tag}, settler::verdict::acknowledge);
    EXPECT_EQ(verdict_counts(out, messages(30, 40)), (std::vector{10, 0, 0}));
    bus->close();
}

TEST(memory_transport, refuses_a_consumer_of_other_types_in_a_group) {
    const auto bus = memory::make_transport();
    bus->consume({.address = "chats", .group = "g", .types = {"a", "b"}}, [](const auto&, const auto&) {});
    bus->consume({.address = "chats", .group = "g", .types = {"b", "a"}}, [](const auto&, const auto&) {});
    EXPECT_THROW(
        bus->consume({.address = "chats", .group = "g", .types = {"a"}}, [](const auto&, const auto&) {}),
        error);
    bus->close();
    EXPECT_THROW(bus->consume({.address = "chats", .group = "g"}, [](const auto&, const auto&) {}), error);
}

TEST(memory_transport, may_be_released_last_by_a_handler) {
    auto bus = memory::make_transport();
    gate released;
    gate called;
    publisher(bus).publish(messages(0, 1));
    bus->consume({.address = "chats", .group = "g"},
                 [&, held = std::make_shared<std::shared_ptr<transport>>(bus)](const auto&, const auto&) {
                     released.wait();
                     held->reset();
                     called.open();
                 });
    bus.reset();
    released.open();
    called.wait();
}

} // namespace sagaflow::testing
