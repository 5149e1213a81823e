// What every transport must do, as tests: part of the transport interface (GoogleTest 1.12 or later). Include
// it in one source file of a test program, which says how a transport is made and what its broker can do:
//
//     struct my_transports {                                  // made anew for each test, destroyed after it
//         std::shared_ptr<sagaflow::transport> connect();     // each call: another connection to one broker
//         void restart_broker();                              // called only if it can be restarted
//         static constexpr bool connects_again = true;        // false: connect() is called once
//         static constexpr bool restarts = true;              // restart_broker() works
//         static constexpr bool keeps_unclaimed = true;       // what nobody takes yet waits for who will
//         static constexpr std::size_t body_limit = 1 << 20;  // bytes; leave it out if there is no limit
//     };
//     namespace sagaflow::testing {
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_transport, transport_conformance, my_transports);
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_transport, transport_life_conformance, my_transports);
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_transport, transport_restart_conformance, my_transports);
//     }
//
// Only the last suite restarts the broker: where starting one is slow, give it a struct of its own, with a
// broker for each test, and let the tests of the others share one.
#pragma once

#include <sagaflow/error.hpp>
#include <sagaflow/testing/transport_life_conformance.hpp>
#include <sagaflow/testing/transport_restart_conformance.hpp>
#include <sagaflow/testing/transport_script.hpp>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

template <class Transports>
class transport_conformance : public ::testing::Test, protected transport_under_test<Transports> {
  protected:
    // Each saga's messages all came in order. One that came before may come again: at least once.
    static void expect_in_order(const std::vector<delivery>& came, int sagas, int each) {
        std::vector<std::string> expected;
        for (int n = 0; n < each; ++n) expected.push_back("step-" + std::to_string(n));
        const auto found = steps_by_saga(came);
        EXPECT_EQ(found.size(), static_cast<std::size_t>(sagas));
        for (const auto& [saga, steps] : found) EXPECT_EQ(firsts(steps), expected) << saga;
    }
    static std::vector<std::string> firsts(const std::vector<std::string>& steps) {
        std::set<std::string> seen;
        std::vector<std::string> out_steps;
        for (const auto& s : steps)
            if (seen.insert(s).second) out_steps.push_back(s);
        return out_steps;
    }
};

TYPED_TEST_SUITE_P(transport_conformance);

TYPED_TEST_P(transport_conformance, Delivers_every_field_as_it_was) {
    receiver r;
    r.subscribe(*this->bus, this->group("g"));
    auto m = this->make("saga/with~marks \u00e9", 1);
    m.kind = message_kind::reply;
    m.outcome = reply_outcome::rejected;
    m.attempt = 7;
    m.causation_id = "saga~1/step-1/action";
    m.trace_parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    m.trace_state = "vendor=1";
    m.reason = "a reason";
    m.body = "{\"text\":\"\u20ac\\n\"}";
    this->out.publish_all({m});
    const auto came = r.wait_for(1);
    EXPECT_TRUE(content_of(came[0].content) == content_of(m));
    EXPECT_EQ(came[0].content.address, this->address);
}

TYPED_TEST_P(transport_conformance, Carries_a_body_of_100_kilobytes_and_an_empty_one) {
    receiver r;
    r.subscribe(*this->bus, this->group("g"));
    auto big = this->make("a", 1);
    big.body = "{\"x\":\"" + std::string(100'000, 'x') + "\"}";
    auto empty = this->make("a", 2);
    empty.body.clear();
    this->out.publish_all({big, empty});
    const auto came = r.wait_for(2);
    EXPECT_EQ(came[0].content.body, big.body);
    EXPECT_EQ(came[1].content.body, "");
}

TYPED_TEST_P(transport_conformance, Refuses_a_body_over_its_limit_and_carries_the_rest_of_the_batch) {
    if constexpr (requires { TypeParam::body_limit; }) {
        receiver r;
        r.subscribe(*this->bus, this->group("g"));
        auto batch = this->make_many(3, 1);
        batch[0].body = "\"" + std::string(TypeParam::body_limit - 2, 'x') + "\"";
        batch[1].body = "\"" + std::string(TypeParam::body_limit - 1, 'x') + "\"";
        using enum published::verdict;
        EXPECT_EQ(this->out.wait(this->out.publish(batch)), (std::vector{accepted, refused, accepted}));
        auto came = r.wait_for(2); // of two sagas: in any order
        if (came[0].content.saga_id != batch[0].saga_id) std::swap(came[0], came[1]);
        EXPECT_TRUE(content_of(came[0].content) == content_of(batch[0]));
        EXPECT_TRUE(content_of(came[1].content) == content_of(batch[2]));
    } else {
        GTEST_SKIP() << "it has no limit";
    }
}

TYPED_TEST_P(transport_conformance, Addresses_have_nothing_to_do_with_each_other) {
    const auto other = unique_name("conformance-other");
    this->bus->open({other}, [](const transport_health&) {});
    auto there = this->group("g");
    there.address = other;
    receiver here_comes;
    receiver there_comes;
    here_comes.subscribe(*this->bus, this->group("g"));
    there_comes.subscribe(*this->bus, there);
    auto batch = this->make_many(2, 20);
    for (std::size_t i = 0; i < batch.size(); ++i)
        if (i % 2 == 1) batch[i].address = other;
    this->out.publish_all(std::move(batch));
    for (const auto& d : here_comes.wait_for(20)) EXPECT_EQ(d.content.address, this->address);
    for (const auto& d : there_comes.wait_for(20)) EXPECT_EQ(d.content.address, other);
    EXPECT_EQ(steps_by_saga(here_comes.wait_for(20)).size(), 1U);
    EXPECT_EQ(steps_by_saga(there_comes.wait_for(20)).size(), 1U);
}

TYPED_TEST_P(transport_conformance, Keeps_the_order_of_a_saga) {
    receiver r;
    r.subscribe(*this->bus, this->group("g", 16));
    for (int from = 0; from < 1000; from += 100) {
        std::vector<message> batch;
        for (int n = from; n < from + 100; ++n)
            batch.push_back(this->make("saga-" + std::to_string(n % 10), n / 10));
        this->out.publish(std::move(batch));
    }
    this->expect_in_order(r.wait_for(1000), 10, 100);
    EXPECT_FALSE(r.handler_overlapped());
}

TYPED_TEST_P(transport_conformance, Consumers_of_a_group_share_the_messages_and_keep_the_order_of_a_saga) {
    receiver r;
    for (int consumer = 0; consumer < 2; ++consumer) r.subscribe(*this->bus, this->group("g", 8));
    this->out.publish_all(this->make_many(20, 25));
    this->expect_in_order(r.wait_for(500), 20, 25);
    this->out.publish_all({this->make("last", 1)});
    EXPECT_EQ(this->ids(r.wait_for(501)).count("last~1/step-1/action"), 1U)
        << "one consumer gets it, not both";
}

TYPED_TEST_P(transport_conformance, Every_group_gets_every_message) {
    receiver a;
    receiver b;
    a.subscribe(*this->bus, this->group("a"));
    b.subscribe(*this->bus, this->group("b"));
    this->out.publish_all(this->make_many(3, 10));
    EXPECT_EQ(this->ids(a.wait_for(30)), this->ids(b.wait_for(30)));
}

TYPED_TEST_P(transport_conformance, A_subscription_takes_its_types_and_leaves_the_others) {
    receiver opens;
    receiver closes;
    auto what = this->group("opens");
    what.types = {"chats.open", "chats.reopen"};
    opens.subscribe(*this->bus, what);
    what = this->group("closes");
    what.types = {"chats.close"};
    closes.subscribe(*this->bus, what);
    std::vector<message> batch;
    const std::vector<std::string> types = {"chats.close", "chats.open", "chats.reopen"};
    for (int n = 0; n < 30; ++n)
        batch.push_back(make_message(this->address, "s", n, types[static_cast<std::size_t>(n) % 3]));
    this->out.publish_all(std::move(batch));
    for (const auto& d : closes.wait_for(10)) EXPECT_EQ(d.content.type, "chats.close");
    for (const auto& d : opens.wait_for(20)) EXPECT_NE(d.content.type, "chats.close");
    EXPECT_EQ(closes.count(), 10U);
    EXPECT_EQ(opens.count(), 20U);
}

TYPED_TEST_P(transport_conformance, Has_no_more_unsettled_than_prefetch_allows) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g", 5));
    this->out.publish_all(this->make_many(20, 1));
    for (std::size_t n = 0; n < 20; ++n) {
        const auto came = r.wait_for(n + 1);
        r.settle({came[n].tag}, settler::verdict::acknowledge);
    }
    EXPECT_LE(r.most_unsettled(), 5U);
    EXPECT_EQ(r.count(), 20U);
}

TYPED_TEST_P(transport_conformance, Is_settled_in_any_order_from_any_thread) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g", 64));
    this->out.publish_all(this->make_many(64, 1));
    const auto came = r.wait_for(64);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (std::size_t i = 64; i-- > 0;)
                if (i % 4 == t) r.settle({came[i].tag}, settler::verdict::acknowledge);
        });
    }
    for (auto& t : threads) t.join();
    this->out.publish_all(this->make_many(64, 2));
    EXPECT_GE(r.wait_for(128).size(), 128U) << "there is room again";
    EXPECT_LE(r.most_unsettled(), 64U);
}

TYPED_TEST_P(transport_conformance, What_is_to_be_retried_comes_again_and_what_is_acknowledged_does_not) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g"));
    this->out.publish_all({this->make("a", 1), this->make("b", 2), this->make("c", 3)});
    auto came = r.wait_for(3);
    r.settle({came[0].tag, came[2].tag}, settler::verdict::acknowledge);
    r.settle({came[1].tag}, settler::verdict::retry);
    const auto again = r.wait_for(4);
    EXPECT_TRUE(content_of(again[3].content) == content_of(came[1].content));
    r.settle({again[3].tag}, settler::verdict::acknowledge);
    this->out.publish_all({this->make("d", 4)});
    const auto last = r.wait_for(5);
    EXPECT_EQ(last[4].content.saga_id, "d");
    EXPECT_EQ(last.size(), 5U);
}

TYPED_TEST_P(transport_conformance, Pauses_before_it_delivers_again) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g"));
    this->out.publish_all({this->make("a", 1)});
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t n = 1; n <= 5; ++n) r.settle({r.wait_for(n).back().tag}, settler::verdict::retry);
    r.wait_for(6);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(10)) << "it spins";
}

TYPED_TEST_P(transport_conformance, A_retry_does_not_hold_up_the_others) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g", 2));
    this->out.publish_all({this->make("a", 1)});
    r.settle({r.wait_for(1)[0].tag}, settler::verdict::retry);
    this->out.publish_all(this->make_many(5, 1));
    std::size_t settled = 1;
    std::set<std::string> seen;
    while (seen.size() < 6) {
        const auto came = r.wait_for(settled + 1);
        for (; settled < came.size(); ++settled) {
            seen.insert(came[settled].content.saga_id);
            r.settle({came[settled].tag}, settler::verdict::acknowledge);
        }
    }
    EXPECT_TRUE(seen.contains("a"));
}

TYPED_TEST_P(transport_conformance, What_a_consumer_leaves_unsettled_goes_to_another) {
    receiver leaver(receiver::habit::keep);
    leaver.subscribe(*this->bus, this->group("g"));
    this->out.publish_all(this->make_many(2, 3));
    const auto held = leaver.wait_for(6);
    leaver.settle({held[0].tag, held[3].tag}, settler::verdict::acknowledge);
    leaver.leave();
    receiver stayer;
    stayer.subscribe(*this->bus, this->group("g"));
    std::multiset<std::string> expected;
    for (const auto i : {1, 2, 4, 5}) expected.insert(held[static_cast<std::size_t>(i)].content.id);
    EXPECT_EQ(this->ids(stayer.wait_for(4)), expected);
    leaver.settle({held[1].tag}, settler::verdict::retry); // it does nothing any more
    this->out.publish_all({this->make("last", 1)});
    EXPECT_EQ(stayer.wait_for(5).back().content.saga_id, "last");
    EXPECT_EQ(stayer.count(), 5U);
    EXPECT_EQ(leaver.count(), 6U);
}

TYPED_TEST_P(transport_conformance, A_consumer_may_leave_from_within_its_handler) {
    receiver leaver(receiver::habit::keep);
    leaver.during_handler([&] { leaver.leave(); });
    leaver.subscribe(*this->bus, this->group("g", 1));
    this->out.publish_all(this->make_many(20, 1));
    leaver.wait_for(1);
    receiver stayer;
    stayer.subscribe(*this->bus, this->group("g"));
    EXPECT_EQ(steps_by_saga(stayer.wait_for(20)).size(), 20U) << "with the one that was not settled";
    EXPECT_EQ(leaver.count(), 1U);
}

TYPED_TEST_P(transport_conformance, Keeps_what_comes_while_a_group_has_no_consumer) {
    receiver first;
    first.subscribe(*this->bus, this->group("g"));
    this->out.publish_all(this->make_many(2, 5));
    first.wait_for(10);
    first.leave();
    this->out.publish_all({this->make("later", 1), this->make("later", 2)});
    receiver second;
    second.subscribe(*this->bus, this->group("g"));
    const auto give_up = std::chrono::steady_clock::now() + patience;
    std::set<std::string> came;
    while (came.size() < 2 && std::chrono::steady_clock::now() < give_up) {
        auto all = first.wait_for(0); // it may still have been there
        const auto more = second.wait_for(0);
        all.insert(all.end(), more.begin(), more.end());
        for (const auto& d : all)
            if (d.content.saga_id == "later") came.insert(d.content.step);
        std::this_thread::yield();
    }
    EXPECT_EQ(came, (std::set<std::string>{"step-1", "step-2"}));
}

TYPED_TEST_P(transport_conformance, A_handler_that_blocks_holds_up_no_other_subscription) {
    gate release;
    receiver blocked;
    blocked.during_handler([&] { release.wait(); });
    blocked.subscribe(*this->bus, this->group("blocked"));
    receiver others;
    others.subscribe(*this->bus, this->group("others"));
    this->out.publish_all(this->make_many(5, 20));
    this->expect_in_order(others.wait_for(100), 5, 20);
    EXPECT_EQ(blocked.count(), 0U);
    release.open();
    this->expect_in_order(blocked.wait_for(100), 5, 20);
}

TYPED_TEST_P(transport_conformance, F2_an_address_with_a_sole_owner_has_no_other_consumer_until_it_leaves) {
    std::stop_source first, second;
    auto ada = this->owned("a", "the engine 'ada'");
    auto bob = this->owned("b", "the engine 'bob'");
    ada.stop = first.get_token();
    bob.stop = second.get_token();
    EXPECT_EQ(refusal_of(*this->bus, ada), "");
    EXPECT_NE(refusal_of(*this->bus, bob).find("'ada'"), std::string::npos);
    EXPECT_NE(refusal_of(*this->bus, this->group("c")).find("'ada'"), std::string::npos);
    first.request_stop();
    EXPECT_EQ(refusal_of(*this->bus, bob), "");
    second.request_stop();
}

TYPED_TEST_P(transport_conformance, Keeps_what_nobody_takes_yet) {
    if constexpr (!TypeParam::keeps_unclaimed) {
        GTEST_SKIP() << "its broker does not keep them";
    } else {
        this->out.publish_all(this->make_many(3, 20));
        receiver r;
        r.subscribe(*this->bus, this->group("late"));
        this->expect_in_order(r.wait_for(60), 3, 20);
    }
}

TYPED_TEST_P(transport_conformance, Reports_each_message_once_whoever_publishes_meanwhile) {
    receiver r;
    r.subscribe(*this->bus, this->group("g"));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int b = 0; b < 20; ++b) {
                std::vector<message> batch;
                for (int n = 0; n < 25; ++n) batch.push_back(this->make("s" + std::to_string(t), b * 25 + n));
                this->out.publish(std::move(batch));
            }
        });
    }
    for (auto& t : threads) t.join();
    for (std::size_t b = 0; b < 80; ++b)
        for (const auto verdict : this->out.wait(b)) EXPECT_EQ(verdict, published::verdict::accepted);
    this->expect_in_order(r.wait_for(2000), 4, 500);
    this->bus->close();
    EXPECT_EQ(this->out.report_counts(), std::vector<std::size_t>{1});
}

TYPED_TEST_P(transport_conformance, Can_be_published_to_from_a_handler) {
    receiver answers;
    auto what = this->group("answers");
    what.types = {"answer"};
    answers.subscribe(*this->bus, what);
    receiver asks;
    asks.during_handler(
        [&] { this->out.wait(this->out.publish({make_message(this->address, "s", 2, "answer")})); });
    what = this->group("asks");
    what.types = {"ask"};
    asks.subscribe(*this->bus, what);
    this->out.publish_all({make_message(this->address, "s", 1, "ask")});
    EXPECT_EQ(answers.wait_for(1)[0].content.step, "step-2");
}

REGISTER_TYPED_TEST_SUITE_P(
    transport_conformance, Delivers_every_field_as_it_was, Carries_a_body_of_100_kilobytes_and_an_empty_one,
    Refuses_a_body_over_its_limit_and_carries_the_rest_of_the_batch,
    Addresses_have_nothing_to_do_with_each_other, Keeps_the_order_of_a_saga,
    Consumers_of_a_group_share_the_messages_and_keep_the_order_of_a_saga, Every_group_gets_every_message,
    A_subscription_takes_its_types_and_leaves_the_others, Has_no_more_unsettled_than_prefetch_allows,
    Is_settled_in_any_order_from_any_thread,
    What_is_to_be_retried_comes_again_and_what_is_acknowledged_does_not, Pauses_before_it_delivers_again,
    A_retry_does_not_hold_up_the_others, What_a_consumer_leaves_unsettled_goes_to_another,
    A_consumer_may_leave_from_within_its_handler, Keeps_what_comes_while_a_group_has_no_consumer,
    A_handler_that_blocks_holds_up_no_other_subscription,
    F2_an_address_with_a_sole_owner_has_no_other_consumer_until_it_leaves, Keeps_what_nobody_takes_yet,
    Reports_each_message_once_whoever_publishes_meanwhile, Can_be_published_to_from_a_handler);

} // namespace sagaflow::testing
