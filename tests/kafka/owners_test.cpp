// Who consumes an address alone, among processes that die, freeze and start together (F2).
#include "support/arrivals.hpp"
#include "support/health_log.hpp"
#include "support/service_address.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sagaflow::testing {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<transport> connect(const std::string& to, health_handler on_health = {}) {
    const auto bus =
        kafka::make_transport({.hosts = {service_address("kafka")}, .partitions = 6, .session_timeout = 3s});
    bus->open({to}, std::move(on_health));
    return bus;
}

// A process that consumes as this owner until it is killed, and acknowledges nothing.
class owner_process {
  public:
    owner_process(const std::string& topic, const std::string& owner) {
        if (::pipe(pipe_.data()) != 0) throw std::runtime_error("no pipe");
        pid_ = ::fork();
        if (pid_ != 0) return;
        const auto tell = [to = pipe_[1]](char what) {
            [[maybe_unused]] const auto told = ::write(to, &what, 1);
        };
        const auto bus = connect(topic, [=, refused = false](const transport_health& h) mutable {
            const bool is_up = h.now == transport_health::condition::up;
            if (refused && is_up) tell('u');
            const bool is_refused = h.reason.find("belongs to the engine 'bob'") != std::string::npos;
            if (is_refused) tell('r');
            refused = is_refused || (refused && !is_up);
        });
        bus->consume({.address = topic, .group = "g", .sole_owner = owner},
                     [=](auto, const auto&) { tell('m'); });
        for (;;) ::pause();
    }
    ~owner_process() {
        kill_9();
        for (const int end : pipe_) ::close(end);
    }
    owner_process(const owner_process&) = delete;
    owner_process& operator=(const owner_process&) = delete;

    // What it tells next: 'm', messages came; 'r', it is refused; 'u', it is so no more and its transport is
    // up; '-', nothing in that time.
    char next(std::chrono::milliseconds wait = patience) const {
        pollfd readable{pipe_[0], POLLIN, 0};
        char told = '-';
        if (::poll(&readable, 1, static_cast<int>(wait.count())) == 1) [[maybe_unused]]
            const auto got = ::read(pipe_[0], &told, 1);
        return told;
    }
    void freeze() const { ::kill(pid_, SIGSTOP); }
    void wake() const { ::kill(pid_, SIGCONT); }
    void kill_9() {
        if (pid_ == 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(std::exchange(pid_, 0), nullptr, 0);
    }

  private:
    std::array<int, 2> pipe_{};
    pid_t pid_ = 0;
};

// Another process owns the address, and has had a message.
struct kafka_owner : ::testing::Test {
    void SetUp() override { ASSERT_EQ(ada.next(), 'm'); }
    ~kafka_owner() override { bus->close(); }

    std::shared_ptr<transport> connect_and_publish() const {
        auto made = connect(topic);
        publisher(made).publish_all({make_message(topic, "ada", 1)});
        return made;
    }

    const std::string topic = unique_name("owner");
    owner_process ada{topic, "the engine 'ada'"}; // forks, so before there is a thread
    const std::shared_ptr<transport> bus = connect_and_publish();
};

TEST_F(kafka_owner, F2_that_was_killed_is_back_at_once) {
    ada.kill_9();
    const auto begin = std::chrono::steady_clock::now();
    receiver again;
    again.subscribe(*bus, {.address = topic, .group = "g", .sole_owner = "the engine 'ada'"});
    again.wait_for(1);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s) << "before its session is over";
}

TEST_F(kafka_owner, F2_is_named_and_waited_for_when_it_died) {
    try {
        bus->consume({.address = topic, .group = "g", .sole_owner = "the engine 'bob'"},
                     [](auto, const auto&) {});
        FAIL() << "two owners";
    } catch (const error& e) {
        EXPECT_EQ(e.code(), errc::in_use);
        EXPECT_NE(std::string(e.what()).find("the engine 'ada'"), std::string::npos) << e.what();
    }
    ada.kill_9();
    receiver bob;
    bob.subscribe(*bus, {.address = topic, .group = "g", .sole_owner = "the engine 'bob'"});
    EXPECT_EQ(bob.wait_for(1).size(), 1U);
}

// Both groups: an engine's name is its group's.
struct kafka_frozen_owner : kafka_owner, ::testing::WithParamInterface<const char*> {};

TEST_P(kafka_frozen_owner, F2_that_wakes_up_when_another_one_has_taken_over_says_so_and_takes_nothing) {
    ada.freeze();
    receiver bob;
    bob.subscribe(*bus, {.address = topic, .group = GetParam(), .sole_owner = "the engine 'bob'"});
    bob.wait_for(1);
    ada.wake();
    ASSERT_EQ(ada.next(), 'r');
    std::vector<message> batch;
    for (int saga = 0; saga < 40; ++saga)
        batch.push_back(make_message(topic, "saga-" + std::to_string(saga), 2));
    publisher(bus).publish_all(std::move(batch));
    wait_for_different(bob, 41);
    EXPECT_EQ(ada.next(0ms), '-') << "two have the address";
    bus->close();
    const auto other = connect(topic);
    publisher(other).publish_all({make_message(topic, "ada", 3)});
    EXPECT_EQ(ada.next(), 'u') << "bob is gone";
    EXPECT_EQ(ada.next(), 'm');
    other->close();
}

INSTANTIATE_TEST_SUITE_P(by_group, kafka_frozen_owner, ::testing::Values("g", "h"));

TEST(kafka_owners, F2_one_that_another_of_its_own_name_has_driven_out_says_so_and_is_back_after_it) {
    const auto topic = unique_name("owner");
    const subscription owned{.address = topic, .group = "g", .sole_owner = "the engine 'ada'"};
    health_log health;
    const auto first = connect(topic, health.handler());
    receiver r;
    r.subscribe(*first, owned);
    const auto second = connect(topic);
    second->consume(owned, [](auto, const auto&) {});
    health.wait_for(transport_health::condition::down, "was taken over under the same owner");
    second->close();
    publisher(first).publish_all({make_message(topic, "ada", 1)});
    r.wait_for(1);
    first->close();
}

TEST(kafka_owners, F2_of_two_that_start_at_the_same_time_one_is_refused) {
    for (int round = 0; round < 3; ++round) {
        const auto topic = unique_name("owner");
        const std::array buses = {connect(topic), connect(topic)};
        std::array<std::string, 2> refused;
        receiver r;
        std::latch both{2};
        const auto start = [&](std::size_t which) {
            const auto owner = "the engine '" + std::to_string(which) + "'";
            both.arrive_and_wait();
            try {
                r.subscribe(*buses[which], {.address = topic, .group = "g", .sole_owner = owner});
            } catch (const error& e) {
                refused[which] = e.what();
            }
        };
        std::thread other(start, 1);
        start(0);
        other.join();
        EXPECT_NE(refused[0].empty(), refused[1].empty()) << refused[0] << '\n' << refused[1];
        publisher(buses[0]).publish_all({make_message(topic, "ada", 1)});
        r.wait_for(1);
        for (const auto& b : buses) b->close();
    }
}

} // namespace
} // namespace sagaflow::testing
