// What every inbox must do, as tests: part of the inbox interface (GoogleTest 1.12 or later). Include it in
// one source file of a test program, which says how an inbox is made:
//
//     struct my_inboxes {                                 // made anew for each test, destroyed after it
//         std::shared_ptr<sagaflow::inbox> open();        // the first call makes an inbox; a further one,
//         when the one
//                                                         // before was released, finds what was durable in
//                                                         it
//         static constexpr bool survives_reopening = true;
//     };
//     namespace sagaflow::testing {
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_inbox, inbox_conformance, my_inboxes);
//     }
#pragma once

#include <sagaflow/inbox.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

template <class Inboxes>
class inbox_conformance : public ::testing::Test {
  protected:
    inbox_conformance() : kept(inboxes.open()) {}

    static inbox_key action(const std::string& command, std::uint32_t number = 1) {
        return {.source = "urn:sagaflow:1", .command = command, .compensation = false, .number = number};
    }
    static inbox_key compensation(const std::string& command, std::uint32_t number = 1) {
        return {.source = "urn:sagaflow:1", .command = command, .compensation = true, .number = number};
    }
    static inbox_answer success(const std::string& body = "{}") {
        return {.outcome = reply_outcome::success, .body = body};
    }
    static inbox_answer rejected() {
        return {.outcome = reply_outcome::rejected, .body = R"({"reason":"no"})"};
    }

    // Claims in a transaction of its own that stores nothing.
    inbox_rows look(const inbox_key& key) {
        inbox_rows found;
        try {
            kept->transaction([&](inbox_transaction& tx) {
                found = tx.claim(key);
                throw std::runtime_error("look only");
            });
        } catch (const std::runtime_error&) {
        }
        return found;
    }
    void handle(const inbox_key& key, const inbox_answer& reply) {
        kept->transaction([&](inbox_transaction& tx) {
            tx.claim(key);
            tx.answer(key, reply);
        });
    }
    static time_point tomorrow() {
        return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()) +
               std::chrono::hours(24);
    }
    static time_point yesterday() { return tomorrow() - std::chrono::hours(48); }

    Inboxes inboxes;
    std::shared_ptr<inbox> kept;
};

TYPED_TEST_SUITE_P(inbox_conformance);

TYPED_TEST_P(inbox_conformance, Claim_takes_a_new_command) {
    const auto found = this->look(this->action("a~1/s"));
    EXPECT_TRUE(found.claimed);
    EXPECT_FALSE(found.answer);
    EXPECT_FALSE(found.action_effective);
    EXPECT_FALSE(found.compensation_seen);
}

TYPED_TEST_P(inbox_conformance, B1_Claim_returns_the_stored_answer_of_a_command_seen_before) {
    this->handle(this->action("a~1/s"), this->success(R"({"room":"ä\"7"})"));
    const auto found = this->look(this->action("a~1/s"));
    EXPECT_FALSE(found.claimed);
    ASSERT_TRUE(found.answer);
    EXPECT_EQ(found.answer->outcome, reply_outcome::success);
    EXPECT_EQ(found.answer->body, R"({"room":"ä\"7"})");
    EXPECT_TRUE(found.action_effective);
}

TYPED_TEST_P(inbox_conformance, B5_Claim_returns_a_stored_rejection) {
    this->handle(this->action("a~1/s"), this->rejected());
    const auto found = this->look(this->action("a~1/s"));
    EXPECT_EQ(found.answer->outcome, reply_outcome::rejected);
    EXPECT_FALSE(found.action_effective);
}

TYPED_TEST_P(inbox_conformance, Commands_differ_by_source_command_kind_and_number) {
    this->handle(this->action("a~1/s"), this->success());
    auto foreign = this->action("a~1/s");
    foreign.source = "urn:sagaflow:2";
    EXPECT_TRUE(this->look(foreign).claimed);
    EXPECT_FALSE(this->look(foreign).action_effective);
    EXPECT_TRUE(this->look(this->action("b~1/s")).claimed);
    EXPECT_FALSE(this->look(this->action("b~1/s")).action_effective);
    EXPECT_TRUE(this->look(this->action("a~1/t")).claimed);
    EXPECT_FALSE(this->look(this->action("a~1/t")).action_effective);
    EXPECT_TRUE(this->look(this->action("a~1/s", 2)).claimed);
    EXPECT_TRUE(this->look(this->compensation("a~1/s")).claimed);
}

TYPED_TEST_P(inbox_conformance, Keys_may_be_of_any_shape) {
    for (const auto* command :
         {"", "no-birth", "~", "a~/s", "a~12", "a~12/", "a~99999999999999999999/s", "a~-5/s", "a~1~2/s"}) {
        this->handle(this->action(command), this->success(command));
        EXPECT_EQ(this->look(this->action(command)).answer->body, command);
    }
}

TYPED_TEST_P(inbox_conformance, B2_A_compensation_sees_no_action_that_never_came_or_was_rejected) {
    EXPECT_FALSE(this->look(this->compensation("never~1/s")).action_effective);
    this->handle(this->action("no~1/s"), this->rejected());
    EXPECT_FALSE(this->look(this->compensation("no~1/s")).action_effective);
}

TYPED_TEST_P(inbox_conformance, B2_A_compensation_sees_that_any_number_of_its_action_took_effect) {
    this->handle(this->action("a~1/s", 1), this->rejected());
    this->handle(this->action("a~1/s", 3), this->success());
    EXPECT_TRUE(this->look(this->compensation("a~1/s")).action_effective);
}

TYPED_TEST_P(inbox_conformance, B3_An_action_sees_that_any_number_of_its_compensation_came) {
    this->handle(this->compensation("a~1/s", 2), this->rejected());
    const auto found = this->look(this->action("a~1/s"));
    EXPECT_TRUE(found.claimed);
    EXPECT_TRUE(found.compensation_seen);
    EXPECT_FALSE(found.action_effective);
}

TYPED_TEST_P(inbox_conformance, Claim_sees_what_the_same_transaction_claimed) {
    this->kept->transaction([&](inbox_transaction& tx) {
        EXPECT_TRUE(tx.claim(this->compensation("a~1/s")).claimed);
        EXPECT_FALSE(tx.claim(this->compensation("a~1/s")).claimed);
        EXPECT_TRUE(tx.claim(this->action("a~1/s")).compensation_seen);
        tx.answer(this->action("a~1/s"), this->success());
        EXPECT_TRUE(tx.claim(this->action("a~1/s")).answer);
        EXPECT_TRUE(tx.claim(this->action("a~1/s")).action_effective);
    });
    EXPECT_FALSE(this->look(this->compensation("a~1/s")).claimed) << "kept without an answer";
    EXPECT_FALSE(this->look(this->compensation("a~1/s")).answer);
}

TYPED_TEST_P(inbox_conformance, Answer_takes_a_command_claimed_by_an_earlier_transaction) {
    this->kept->transaction([&](inbox_transaction& tx) { tx.claim(this->action("a~1/s")); });
    this->kept->transaction(
        [&](inbox_transaction& tx) { tx.answer(this->action("a~1/s"), this->success("1")); });
    EXPECT_EQ(this->look(this->action("a~1/s")).answer->body, "1");
}

TYPED_TEST_P(inbox_conformance, Answer_refuses_a_command_that_was_not_claimed) {
    EXPECT_THROW(this->kept->transaction(
                     [&](inbox_transaction& tx) { tx.answer(this->action("a~1/s"), this->success()); }),
                 error);
}

TYPED_TEST_P(inbox_conformance, A_transaction_whose_work_throws_stores_nothing) {
    const auto failing = [&](inbox_transaction& tx) {
        tx.claim(this->action("a~1/s"));
        tx.answer(this->action("a~1/s"), this->success());
        throw std::runtime_error("handler");
    };
    EXPECT_THROW(this->kept->transaction(failing), std::runtime_error);
    EXPECT_TRUE(this->look(this->action("a~1/s")).claimed);
}

TYPED_TEST_P(inbox_conformance, B6_A_savepoint_whose_work_throws_undoes_its_own_rows_only) {
    this->kept->transaction([&](inbox_transaction& tx) {
        tx.savepoint([&] {
            tx.claim(this->action("a~1/s"));
            tx.answer(this->action("a~1/s"), this->success());
        });
        const auto failing = [&] {
            tx.claim(this->action("b~2/s"));
            tx.answer(this->action("b~2/s"), this->success());
            tx.claim(this->action("c~3/s"));
            throw std::runtime_error("handler");
        };
        EXPECT_THROW(tx.savepoint(failing), std::runtime_error);
        EXPECT_TRUE(tx.claim(this->action("c~3/s")).claimed) << "the claim was undone too";
        tx.answer(this->action("c~3/s"), this->success());
    });
    EXPECT_FALSE(this->look(this->action("a~1/s")).claimed);
    EXPECT_TRUE(this->look(this->action("b~2/s")).claimed);
    EXPECT_FALSE(this->look(this->action("c~3/s")).claimed);
}

TYPED_TEST_P(inbox_conformance, Transactions_of_several_threads_come_one_after_the_other) {
    int inside = 0;
    int most = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 25; ++i)
                    this->kept->transaction([&](inbox_transaction& tx) {
                        most = std::max(most, ++inside);
                        const auto key = this->action(std::to_string(t) + "~" + std::to_string(i + 1) + "/s");
                        tx.claim(key);
                        tx.answer(key, this->success());
                        inside -= 1;
                    });
            });
    }
    EXPECT_EQ(most, 1);
    EXPECT_FALSE(this->look(this->action("3~25/s")).claimed);
}

TYPED_TEST_P(inbox_conformance, B8_Purge_removes_old_rows_at_most_limit) {
    for (int i = 1; i <= 10; ++i)
        this->handle(this->action("a~" + std::to_string(i) + "/s"), this->success());
    EXPECT_EQ(this->kept->purge(this->yesterday(), 100), 0U);
    EXPECT_EQ(this->kept->purge(this->tomorrow(), 4), 4U);
    EXPECT_EQ(this->kept->purge(this->tomorrow(), 100), 6U);
    EXPECT_EQ(this->kept->purge(this->tomorrow(), 100), 0U);
    EXPECT_TRUE(this->look(this->action("a~1/s")).claimed);
}

TYPED_TEST_P(inbox_conformance, B9_An_answer_is_found_after_reopening) {
    if (!TypeParam::survives_reopening) GTEST_SKIP() << "this inbox forgets with its process";
    this->handle(this->action("a~1/s"), this->success("1"));
    this->kept.reset();
    this->kept = this->inboxes.open();
    EXPECT_EQ(this->look(this->action("a~1/s")).answer->body, "1");
}

REGISTER_TYPED_TEST_SUITE_P(
    inbox_conformance, Claim_takes_a_new_command, B1_Claim_returns_the_stored_answer_of_a_command_seen_before,
    B5_Claim_returns_a_stored_rejection, Commands_differ_by_source_command_kind_and_number,
    Keys_may_be_of_any_shape, B2_A_compensation_sees_no_action_that_never_came_or_was_rejected,
    B2_A_compensation_sees_that_any_number_of_its_action_took_effect,
    B3_An_action_sees_that_any_number_of_its_compensation_came, Claim_sees_what_the_same_transaction_claimed,
    Answer_takes_a_command_claimed_by_an_earlier_transaction, Answer_refuses_a_command_that_was_not_claimed,
    A_transaction_whose_work_throws_stores_nothing, B6_A_savepoint_whose_work_throws_undoes_its_own_rows_only,
    Transactions_of_several_threads_come_one_after_the_other, B8_Purge_removes_old_rows_at_most_limit,
    B9_An_answer_is_found_after_reopening);

} // namespace sagaflow::testing
