// What every transport must do for several users and connections, and when it is closed: part of the
// conformance suite, see <sagaflow/testing/transport_conformance.hpp>.
#pragma once

#include <sagaflow/error.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

template <class Transports>
class transport_life_conformance : public ::testing::Test, protected transport_under_test<Transports> {};

TYPED_TEST_SUITE_P(transport_life_conformance);

// Why that subscription is refused, empty if it is not.
inline std::string refusal_of(transport& by, const subscription& what) {
    try {
        by.consume(what, [](std::vector<delivery>, const std::shared_ptr<settler>&) {});
    } catch (const error& why) {
        EXPECT_EQ(why.code(), errc::in_use);
        return why.what();
    }
    return {};
}

TYPED_TEST_P(transport_life_conformance, What_a_closed_connection_leaves_unsettled_goes_to_another) {
    if constexpr (!TypeParam::connects_again) {
        GTEST_SKIP() << "one connection only";
    } else {
        receiver r(receiver::habit::keep);
        r.subscribe(*this->bus, this->group("g"));
        this->out.publish_all(this->make_many(5, 1));
        const auto held = r.wait_for(5);
        r.settle({held[0].tag}, settler::verdict::acknowledge);
        this->bus->close();
        const auto another = this->transports.connect();
        this->open(*another);
        receiver after;
        after.subscribe(*another, this->group("g"));
        auto expected = this->ids(held);
        expected.erase(held[0].content.id);
        EXPECT_EQ(this->ids(after.wait_for(4)), expected);
        another->close();
    }
}

TYPED_TEST_P(transport_life_conformance, Says_at_once_to_every_user_how_it_is) {
    std::atomic<int> up{0};
    gate both;
    for (int user = 0; user < 2; ++user) {
        this->bus->open({this->address},
                        [&, told = std::make_shared<std::atomic<bool>>(false)](const auto& h) {
                            if (h.now != transport_health::condition::up || told->exchange(true)) return;
                            if (++up == 2) both.open();
                        });
    }
    both.wait();
}

TYPED_TEST_P(transport_life_conformance, Close_waits_for_a_handler_that_is_blocked_and_none_runs_after_it) {
    receiver r;
    gate entered;
    gate closing;
    std::atomic<int> running{0};
    r.during_handler([&] {
        ++running;
        entered.open();
        closing.wait();
        for (int i = 0; i < 1000; ++i) std::this_thread::yield(); // so that close() finds it here
        --running;
    });
    r.subscribe(*this->bus, this->group("g", 1));
    this->out.publish_all(this->make_many(100, 1));
    entered.wait();
    closing.open();
    this->bus->close();
    EXPECT_EQ(running, 0) << "close() returned while a handler ran";
    const auto came = r.count();
    this->out.publish(this->make_many(100, 1));
    EXPECT_EQ(running, 0);
    EXPECT_EQ(r.count(), came);
}

TYPED_TEST_P(transport_life_conformance, Close_is_idempotent_and_may_be_called_by_many_at_once) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g"));
    this->out.publish_all(this->make_many(3, 1));
    const auto held = r.wait_for(3);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) threads.emplace_back([&] { this->bus->close(); });
    for (auto& t : threads) t.join();
    this->bus->close();
    r.settle({held[0].tag}, settler::verdict::acknowledge);
    r.settle({held[1].tag}, settler::verdict::retry);
    EXPECT_EQ(r.count(), 3U);
}

TYPED_TEST_P(transport_life_conformance, After_close_what_is_published_is_reported_as_failed) {
    this->bus->close();
    const auto verdicts = this->out.wait(this->out.publish(this->make_many(3, 1)));
    EXPECT_EQ(verdicts, std::vector(3, published::verdict::failed));
    EXPECT_EQ(this->out.report_counts(), std::vector<std::size_t>{1});
}

TYPED_TEST_P(transport_life_conformance, A_group_on_two_connections_shares_its_messages_until_one_is_closed) {
    if constexpr (!TypeParam::connects_again) {
        GTEST_SKIP() << "one connection only";
    } else {
        const auto another = this->transports.connect();
        this->open(*another);
        receiver r;
        r.subscribe(*this->bus, this->group("g", 8));
        r.subscribe(*another, this->group("g", 8));
        publisher(another).publish_all(this->make_many(20, 10));
        EXPECT_EQ(steps_by_saga(r.wait_for(200)).size(), 20U);
        another->close();
        std::set<std::string> rest;
        this->out.publish_all(this->make_many(40, 1));
        for (std::size_t n = 201; rest.size() < 40; ++n)
            for (const auto& d : r.wait_for(n)) rest.insert(d.content.saga_id);
    }
}

TYPED_TEST_P(transport_life_conformance, A_connection_may_publish_to_an_address_that_another_one_opened) {
    if constexpr (!TypeParam::connects_again) {
        GTEST_SKIP() << "one connection only";
    } else {
        receiver r;
        r.subscribe(*this->bus, this->group("engine"));
        const auto participant = this->transports.connect();
        participant->open({unique_name("conformance-commands")}, [](const transport_health&) {});
        publisher(participant).publish_all(this->make_many(1, 10)); // replies
        EXPECT_EQ(this->ids(r.wait_for(10)).size(), 10U);
        participant->close();
    }
}

TYPED_TEST_P(transport_life_conformance, F2_a_sole_owner_is_known_to_every_connection_until_it_is_closed) {
    if constexpr (!TypeParam::connects_again) {
        GTEST_SKIP() << "one connection only";
    } else {
        const auto another = this->transports.connect();
        this->open(*another);
        const auto bob = this->owned("b", "the engine 'bob'");
        ASSERT_EQ(refusal_of(*this->bus, this->owned("a", "the engine 'ada'")), "");
        EXPECT_NE(refusal_of(*another, bob).find("'ada'"), std::string::npos);
        EXPECT_NE(refusal_of(*another, this->group("c")).find("'ada'"), std::string::npos);
        this->bus->close();
        const auto give_up = std::chrono::steady_clock::now() + patience;
        while (!refusal_of(*another, bob).empty() && std::chrono::steady_clock::now() < give_up)
            std::this_thread::yield();
        EXPECT_NE(refusal_of(*another, this->group("c")).find("'bob'"), std::string::npos);
        another->close();
    }
}

TYPED_TEST_P(transport_life_conformance, Close_frees_a_handler_that_waits_for_what_it_published) {
    gate publishing;
    receiver asks;
    asks.during_handler([&] {
        for (int i = 0; i < 50; ++i) {
            const auto batch = this->out.publish({make_message(this->address, "s", i, "answer")});
            publishing.open();
            this->out.wait(batch);
        }
    });
    auto what = this->group("asks");
    what.types = {"ask"};
    asks.subscribe(*this->bus, what);
    this->out.publish_all({make_message(this->address, "s", 1, "ask")});
    publishing.wait();
    this->bus->close();
    EXPECT_EQ(this->out.report_counts(), std::vector<std::size_t>{1});
}

TYPED_TEST_P(transport_life_conformance, After_close_a_subscription_is_refused) {
    this->bus->close();
    try {
        this->bus->consume(this->group("g"), [](std::vector<delivery>, const std::shared_ptr<settler>&) {});
        FAIL() << "nothing would ever come";
    } catch (const error& why) {
        EXPECT_EQ(why.code(), errc::stopped);
    }
}

REGISTER_TYPED_TEST_SUITE_P(transport_life_conformance,
                            What_a_closed_connection_leaves_unsettled_goes_to_another,
                            Says_at_once_to_every_user_how_it_is,
                            Close_waits_for_a_handler_that_is_blocked_and_none_runs_after_it,
                            Close_is_idempotent_and_may_be_called_by_many_at_once,
                            After_close_what_is_published_is_reported_as_failed,
                            A_group_on_two_connections_shares_its_messages_until_one_is_closed,
                            A_connection_may_publish_to_an_address_that_another_one_opened,
                            F2_a_sole_owner_is_known_to_every_connection_until_it_is_closed,
                            Close_frees_a_handler_that_waits_for_what_it_published,
                            After_close_a_subscription_is_refused);

} // namespace sagaflow::testing
