// What every transport must do when its broker is restarted: part of the conformance suite, see
// <sagaflow/testing/transport_conformance.hpp>.
#pragma once

#include <sagaflow/testing/transport_script.hpp>

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

template <class Transports>
class transport_restart_conformance : public ::testing::Test, protected transport_under_test<Transports> {
  protected:
    void SetUp() override {
        if constexpr (!Transports::restarts) GTEST_SKIP() << "its broker can't be restarted";
    }
    // Until each of them came among the deliveries from that one on; settles those.
    static void wait_for_all(receiver& r, const std::vector<message>& expected, std::size_t from = 0) {
        std::set<std::string> missing;
        for (const auto& m : expected) missing.insert(m.id);
        for (auto n = from; !missing.empty(); ++n) {
            const auto came = r.wait_for(n + 1)[n];
            if (r.keeps()) r.settle({came.tag}, settler::verdict::acknowledge);
            missing.erase(came.content.id);
        }
    }
    void restart_broker() {
        if constexpr (Transports::restarts) this->transports.restart_broker();
    }
};

TYPED_TEST_SUITE_P(transport_restart_conformance);

// Waits until a transport was down, or blocked, and then until it is up again.
class health_watch {
  public:
    health_handler handler() {
        return [this](const transport_health& h) {
            ++reports_;
            if (h.now != transport_health::condition::up) {
                was_down_ = true;
                down_.open();
            } else if (was_down_) {
                up_again_.open();
            }
        };
    }
    void wait_until_down() { down_.wait(); }
    void wait_until_up_again() { up_again_.wait(); }
    int reports() const { return reports_; }

  private:
    gate down_;
    gate up_again_;
    std::atomic<bool> was_down_{false};
    std::atomic<int> reports_{0};
};

TYPED_TEST_P(transport_restart_conformance, Survives_a_restart_of_its_broker) {
    health_watch health;
    this->bus->open({this->address}, health.handler());
    receiver r;
    r.subscribe(*this->bus, this->group("g"));
    this->out.publish_all(this->make_many(2, 10));
    r.wait_for(20);
    this->restart_broker();
    health.wait_until_down();
    this->out.publish_all(this->make_many(2, 20));
    health.wait_until_up_again();
    this->wait_for_all(r, this->make_many(2, 20));
    this->bus->close();
    EXPECT_EQ(this->out.report_counts(), std::vector<std::size_t>{1});
}

TYPED_TEST_P(transport_restart_conformance, What_was_accepted_before_and_meanwhile_comes_after_it) {
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g", 1));
    this->out.publish_all(this->make_many(5, 20)); // all but the first wait in the broker
    r.wait_for(1);
    std::thread restarting([&] { this->restart_broker(); });
    this->out.publish_all(this->make_many(10, 20));
    restarting.join();
    this->wait_for_all(r, this->make_many(10, 20));
}

TYPED_TEST_P(transport_restart_conformance, What_was_not_settled_before_it_is_neither_lost_nor_in_the_way) {
    health_watch health;
    this->bus->open({this->address}, health.handler());
    receiver r(receiver::habit::keep);
    r.subscribe(*this->bus, this->group("g", 5));
    const auto first = this->make_many(5, 1);
    this->out.publish_all(first);
    const auto held = r.wait_for(5);
    this->restart_broker();
    health.wait_until_down();
    health.wait_until_up_again();
    r.settle({held[0].tag, held[1].tag}, settler::verdict::acknowledge); // these may come again, or not
    r.settle({held[2].tag, held[3].tag, held[4].tag}, settler::verdict::retry);
    std::vector<message> expected;
    for (int n = 0; n < 40; ++n) expected.push_back(this->make("other", n));
    this->out.publish_all(expected);
    for (const auto i : {2U, 3U, 4U}) expected.push_back(held[i].content);
    this->wait_for_all(r, expected, 5);
    this->bus->close(); // its health is told until then
}

TYPED_TEST_P(transport_restart_conformance, Every_user_is_told_and_nobody_after_close) {
    health_watch first;
    health_watch second;
    this->bus->open({this->address}, first.handler());
    this->bus->open({this->address}, second.handler());
    this->restart_broker();
    for (auto* user : {&first, &second}) {
        user->wait_until_down();
        user->wait_until_up_again();
    }
    this->bus->close();
    const auto told = first.reports() + second.reports();
    this->restart_broker();
    EXPECT_EQ(first.reports() + second.reports(), told);
}

TYPED_TEST_P(transport_restart_conformance, Closes_while_it_is_away_and_frees_a_handler_that_waits_for_it) {
    health_watch health;
    this->bus->open({this->address}, health.handler());
    gate publishing;
    receiver asks;
    asks.during_handler([&] {
        health.wait_until_down();
        const auto batch = this->out.publish({make_message(this->address, "s", 2, "answer")});
        publishing.open();
        this->out.wait(batch);
    });
    auto what = this->group("asks");
    what.types = {"ask"};
    asks.subscribe(*this->bus, what);
    this->out.publish_all({make_message(this->address, "s", 1, "ask")});
    std::thread restarting([&] { this->restart_broker(); });
    publishing.wait();
    this->bus->close();
    restarting.join();
    EXPECT_EQ(this->out.report_counts(), std::vector<std::size_t>{1});
}

REGISTER_TYPED_TEST_SUITE_P(transport_restart_conformance, Survives_a_restart_of_its_broker,
                            What_was_accepted_before_and_meanwhile_comes_after_it,
                            What_was_not_settled_before_it_is_neither_lost_nor_in_the_way,
                            Every_user_is_told_and_nobody_after_close,
                            Closes_while_it_is_away_and_frees_a_handler_that_waits_for_it);

} // namespace sagaflow::testing
