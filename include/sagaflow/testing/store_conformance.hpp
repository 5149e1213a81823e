// What every store must do, as tests: part of the store interface (GoogleTest 1.12 or later). Include it in
// one source file of a test program, which says how a store is made:
//
//     struct my_stores {                                  // made anew for each test, destroyed after it
//         std::shared_ptr<sagaflow::store> open();        // the first call makes a store; a further one,
//         when the store
//                                                         // before was released, finds what was durable in
//                                                         it
//         static constexpr bool survives_reopening = true;
//     };
//     namespace sagaflow::testing {
//     INSTANTIATE_TYPED_TEST_SUITE_P(my_store, store_conformance, my_stores);
//     }
#pragma once

#include <sagaflow/testing/store_script.hpp>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::testing {

template <class Stores>
class store_conformance : public ::testing::Test {
  protected:
    using order = saga_filter::order;

    store_conformance() { open(); }

    void open() {
        kept = stores.open();
        script.own(kept->claim(0, "conformance"));
    }
    void reopen() {
        kept.reset();
        open();
    }
    void commit(const batch& b) { kept->commit(b); }
    std::optional<saga_row> load(const std::string& id) { return kept->load(std::vector{id}).at(0); }

    static store_error::kind kind_of_failure(const std::function<void()>& call) {
        try {
            call();
        } catch (const store_error& e) {
            return e.which();
        }
        throw std::runtime_error("the call was to fail and did not");
    }

    Stores stores;
    std::shared_ptr<store> kept;
    store_script script;
};

TYPED_TEST_SUITE_P(store_conformance);

TYPED_TEST_P(store_conformance, R3_Claim_draws_a_source_once) {
    const auto first = this->kept->claim(0, "one");
    const auto second = this->kept->claim(0, "two");
    EXPECT_EQ(first.source.rfind("urn:sagaflow:", 0), 0U) << first.source;
    EXPECT_EQ(first.source, second.source);
    EXPECT_GT(second.epoch, first.epoch);
}

TYPED_TEST_P(store_conformance, F1_Claim_fences_the_owner_before) {
    auto old = this->script.next();
    this->script.start(old, "a");
    this->kept->claim(0, "another");
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(old); }), store_error::kind::fenced);
    EXPECT_FALSE(this->load("a"));
}

TYPED_TEST_P(store_conformance, F1_Claim_fences_even_a_batch_that_was_applied) {
    auto b = this->script.next();
    this->script.start(b, "a");
    this->commit(b);
    this->kept->claim(0, "another");
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(b); }), store_error::kind::fenced);
}

TYPED_TEST_P(store_conformance, Claim_tells_where_the_owner_before_stopped) {
    auto b = this->script.next();
    this->script.start(b, "a");
    b.definitions = {{.saga_type = "t", .version = 1, .fingerprint = "f"}};
    b.status_published = 1;
    this->commit(b);
    auto last = this->script.next(); // one that does not speak of it leaves it as it was
    this->commit(last);
    const auto owned = this->kept->claim(0, "another");
    EXPECT_EQ(owned.status_published, 1U);
    EXPECT_EQ(owned.last_batch, last.number);
    EXPECT_EQ(owned.last_event, b.events.back().seq);
    ASSERT_EQ(owned.definitions.size(), 1U);
    EXPECT_EQ(owned.definitions[0].fingerprint, "f");
}

TYPED_TEST_P(store_conformance, F3_Claim_refuses_a_shard_that_does_not_exist) {
    EXPECT_THROW(this->kept->claim(1'000'000, "another"), error);
}

TYPED_TEST_P(store_conformance, Commit_keeps_all_that_a_row_holds) {
    auto b = this->script.next();
    auto& row = this->script.start(b, "a");
    row.input_hash = 0xfedcba9876543210U;
    row.version = 7;
    row.state = saga_state::suspended;
    row.record = R"({"text":"ä \"quoted\" \u0000"})";
    const auto written = row;
    this->commit(b);
    const auto read = this->load("a");
    ASSERT_TRUE(read);
    EXPECT_TRUE(same(*read, written));
}

TYPED_TEST_P(store_conformance, Commit_replaces_a_saga_and_keeps_the_others) {
    this->commit(this->script.started({"a", "b"}));
    auto b = this->script.next();
    auto& row = this->script.change(b, "a");
    row.record = R"({"n":2})";
    row.state = saga_state::compensating;
    this->commit(b);
    EXPECT_EQ(this->load("a")->record, R"({"n":2})");
    EXPECT_EQ(this->load("a")->state, saga_state::compensating);
    EXPECT_EQ(this->load("b")->record, "{}");
}

TYPED_TEST_P(store_conformance, Commit_takes_a_saga_that_starts_and_finishes_in_one_batch) {
    auto b = this->script.next();
    this->script.start(b, "a");
    this->script.finish(b, "a");
    this->commit(b);
    EXPECT_EQ(this->load("a")->state, saga_state::completed);
    EXPECT_TRUE(this->kept->list({.among = TestFixture::order::unfinished}, 0).sagas.empty());
    EXPECT_EQ(this->kept->list({.among = TestFixture::order::finished}, 0).sagas.size(), 1U);
}

TYPED_TEST_P(store_conformance, F1_Commit_takes_a_batch_already_applied_as_success_and_changes_nothing) {
    auto first = this->script.started({"a"});
    this->commit(first);
    auto second = this->script.next();
    this->script.change(second, "a").record = R"({"n":2})";
    this->commit(second);
    this->commit(first);
    this->commit(second);
    EXPECT_EQ(this->load("a")->record, R"({"n":2})");
    EXPECT_EQ(this->kept->events(0, std::nullopt, 10).size(), 2U);
}

TYPED_TEST_P(store_conformance, Commit_refuses_a_gap_in_the_numbers_for_good) {
    auto b = this->script.next();
    b.number += 1;
    this->script.start(b, "a");
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(b); }), store_error::kind::permanent);
    EXPECT_FALSE(this->load("a"));
}

TYPED_TEST_P(store_conformance, R1_Commit_refuses_a_second_saga_of_an_id) {
    this->commit(this->script.started({"a"}));
    const auto second = this->script.started({"b", "a"});
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(second); }), store_error::kind::permanent);
    EXPECT_FALSE(this->load("b")) << "all or nothing";
}

TYPED_TEST_P(store_conformance, R1_Commit_refuses_the_id_of_a_finished_saga_until_it_is_purged) {
    auto b = this->script.started({"a"});
    this->script.finish(b, "a");
    this->commit(b);
    const auto birth = this->load("a")->birth;
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(this->script.started({"a"})); }),
              store_error::kind::permanent);
    this->script.give_back();
    auto again = this->script.next();
    again.purged = {birth};
    this->script.start(again, "a");
    this->commit(again);
    EXPECT_GT(this->load("a")->birth, birth);
}

TYPED_TEST_P(store_conformance, R1_Commit_refuses_an_id_twice_in_one_batch) {
    const auto b = this->script.started({"a", "a"});
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(b); }), store_error::kind::permanent);
    EXPECT_FALSE(this->load("a"));
}

TYPED_TEST_P(store_conformance, Commit_is_all_or_nothing_when_a_part_is_refused) {
    this->commit(this->script.started({"a"}));
    auto b = this->script.next();
    this->script.start(b, "b");
    this->script.change(b, "a").record = "[]";
    b.timers = {{.birth = 1, .due = script_time(5)}};
    saga_row stranger;
    stranger.birth = 999'999;
    stranger.id = "stranger";
    b.changed.push_back(stranger);
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(b); }), store_error::kind::permanent);
    EXPECT_FALSE(this->load("b"));
    EXPECT_EQ(this->load("a")->record, "{}");
    EXPECT_TRUE(this->kept->list({.among = TestFixture::order::due}, 0).timers.empty());
    EXPECT_EQ(this->kept->events(0, std::nullopt, 10).size(), 1U);
}

TYPED_TEST_P(store_conformance, Commit_takes_an_empty_batch) {
    const auto b = this->script.next();
    this->commit(b);
    EXPECT_EQ(this->kept->claim(0, "another").last_batch, b.number);
}

TYPED_TEST_P(store_conformance, Commit_replaces_a_definition) {
    auto b = this->script.next();
    b.definitions = {{.saga_type = "t", .version = 1, .fingerprint = "x"},
                     {.saga_type = "t", .version = 2, .fingerprint = "y"}};
    this->commit(b);
    b = this->script.next();
    b.definitions = {{.saga_type = "t", .version = 1, .fingerprint = "z"}};
    this->commit(b);
    const auto stored = this->kept->claim(0, "another").definitions;
    ASSERT_EQ(stored.size(), 2U);
    EXPECT_EQ(stored[0].fingerprint, "z");
    EXPECT_EQ(stored[1].fingerprint, "y");
}

TYPED_TEST_P(store_conformance, Load_answers_in_the_order_of_the_ids) {
    this->commit(this->script.started({"a", "b"}));
    const auto rows = this->kept->load(std::vector<std::string>{"b", "unknown", "a", "b"});
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0]->id, "b");
    EXPECT_FALSE(rows[1]);
    EXPECT_EQ(rows[2]->id, "a");
    EXPECT_EQ(rows[3]->id, "b");
    EXPECT_TRUE(this->kept->load({}).empty());
}

TYPED_TEST_P(store_conformance, Load_finds_thousands_of_ids_and_no_others) {
    for (int i = 0; i < 20; ++i) this->commit(this->script.started_many("id-", 200));
    for (int i = 0; i < 4'000; ++i) ASSERT_TRUE(this->load("id-" + std::to_string(i))) << i;
    for (int i = 4'000; i < 8'000; ++i) ASSERT_FALSE(this->load("id-" + std::to_string(i))) << i;
}

TYPED_TEST_P(store_conformance, List_pages_in_the_order_of_birth) {
    this->commit(this->script.started({"a", "b", "c", "d"}));
    auto b = this->script.next();
    this->script.finish(b, "b");
    this->commit(b);
    const auto page = this->kept->list({.among = TestFixture::order::all, .limit = 3}, 0);
    EXPECT_EQ(ids(page), "a b c");
    const auto rest = this->kept->list({.among = TestFixture::order::all, .limit = 3}, page.next);
    EXPECT_EQ(ids(rest), "d");
    EXPECT_EQ(rest.next, 0U);
    EXPECT_EQ(ids(this->kept->list({.among = TestFixture::order::unfinished, .limit = 3}, 0)), "a c d");
    EXPECT_EQ(this->kept->list({.among = TestFixture::order::unfinished, .limit = 3}, 0).next, 0U);
    EXPECT_EQ(ids(this->kept->list({.among = TestFixture::order::finished}, 0)), "b");
}

TYPED_TEST_P(store_conformance, List_filters_by_state_type_and_version) {
    auto b = this->script.started({"a", "b", "c"});
    b.started[1].state = saga_state::suspended;
    b.started[2].saga_type = "other";
    b.started[2].version = 2;
    this->commit(b);
    EXPECT_EQ(ids(this->kept->list({.state = saga_state::suspended}, 0)), "b");
    EXPECT_EQ(ids(this->kept->list({.among = TestFixture::order::unfinished, .saga_type = "other"}, 0)), "c");
    EXPECT_EQ(ids(this->kept->list({.version = 1}, 0)), "a b");
    EXPECT_EQ(ids(this->kept->list({.state = saga_state::suspended, .saga_type = "other"}, 0)), "");
}

TYPED_TEST_P(store_conformance, List_leaves_the_record_out_when_told_to) {
    this->commit(this->script.started({"a"}));
    EXPECT_EQ(this->kept->list({}, 0).sagas.at(0).record, "{}");
    EXPECT_EQ(this->kept->list({.with_record = false}, 0).sagas.at(0).record, "");
    EXPECT_EQ(this->kept->list({.with_record = false}, 0).sagas.at(0).id, "a");
}

TYPED_TEST_P(store_conformance, R17_List_tells_what_may_be_purged_the_earliest_first) {
    this->commit(this->script.started({"a", "b", "c", "d"}));
    for (const auto* id : {"c", "a", "d"}) {
        auto b = this->script.next();
        this->script.finish(b, id);
        this->commit(b);
    }
    const auto cut = *this->load("d")->finished;
    const auto page = this->kept->list({.among = TestFixture::order::finished, .before = cut, .limit = 1}, 0);
    EXPECT_EQ(ids(page), "c");
    EXPECT_NE(page.next, 0U) << "there is more";
    const auto all = this->kept->list({.among = TestFixture::order::finished, .before = cut}, 0);
    EXPECT_EQ(ids(all), "c a");
    EXPECT_EQ(all.next, 0U);
    auto b = this->script.next();
    b.purged = {all.sagas[0].birth};
    this->commit(b);
    EXPECT_EQ(ids(this->kept->list({.among = TestFixture::order::finished, .before = cut}, 0)), "a");
}

TYPED_TEST_P(store_conformance, R17_A_purge_removes_a_saga_and_its_events_only) {
    auto b = this->script.started({"a", "b"});
    this->script.finish(b, "a");
    this->script.finish(b, "b");
    this->commit(b);
    const auto gone = *this->load("a");
    b = this->script.next();
    b.purged = {gone.birth};
    this->commit(b);
    EXPECT_FALSE(this->load("a"));
    EXPECT_TRUE(this->kept->events(0, gone.birth, 10).empty());
    EXPECT_EQ(this->kept->events(0, this->load("b")->birth, 10).size(), 2U);
    EXPECT_EQ(this->kept->events(0, std::nullopt, 10).size(), 2U);
    b = this->script.next();
    b.purged = {gone.birth};
    this->commit(b); // again: no error
    EXPECT_EQ(this->kept->claim(0, "another").last_event, this->script.last_event())
        << "numbers never go back (R18)";
}

TYPED_TEST_P(store_conformance, A_timer_is_listed_when_due_until_it_is_fired) {
    auto b = this->script.started({"a", "b"});
    const auto a = b.started[0].birth;
    const auto later = b.started[1].birth;
    b.timers = {{.birth = a, .due = script_time(200)},
                {.birth = later, .due = script_time(100)},
                {.birth = a, .due = script_time(300)}};
    this->commit(b);
    saga_filter due{.among = TestFixture::order::due, .before = script_time(250)};
    auto page = this->kept->list(due, 0);
    EXPECT_EQ(ids(page), "b a");
    EXPECT_EQ(page.timers.size(), 2U);
    EXPECT_EQ(page.timers.at(0).birth, later);
    EXPECT_EQ(page.timers.at(0).due, script_time(100));
    EXPECT_EQ(page.next, 0U);
    due.limit = 1;
    EXPECT_NE(this->kept->list(due, 0).next, 0U);
    b = this->script.next();
    b.fired = {page.timers.at(0)};
    this->commit(b);
    EXPECT_EQ(ids(this->kept->list(due, 0)), "a");
    EXPECT_EQ(this->kept->list({.among = TestFixture::order::due}, 0).timers.size(), 2U);
}

TYPED_TEST_P(store_conformance, A_timer_outlives_its_saga_and_one_that_is_set_again_is_kept) {
    auto b = this->script.started({"a"});
    const timer_row timer{.birth = b.started[0].birth, .due = script_time(100)};
    b.timers = {timer};
    this->commit(b);
    b = this->script.next();
    b.fired = {timer, {.birth = 77, .due = script_time(1)}};
    b.timers = {timer};
    this->script.finish(b, "a");
    this->commit(b);
    const auto page = this->kept->list({.among = TestFixture::order::due, .before = script_time(101)}, 0);
    EXPECT_EQ(page.timers.size(), 1U);
    EXPECT_TRUE(page.sagas.empty()) << "it is finished";
}

TYPED_TEST_P(store_conformance, R18_Events_come_in_order_after_a_cursor) {
    this->commit(this->script.started({"a", "b"}));
    auto b = this->script.next();
    this->script.change(b, "a");
    this->script.change(b, "b");
    this->commit(b);
    const auto all = this->kept->events(0, std::nullopt, 10);
    ASSERT_EQ(all.size(), 4U);
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1].seq, all[i].seq);
    const auto tail = this->kept->events(all[1].seq, std::nullopt, 1);
    ASSERT_EQ(tail.size(), 1U);
    EXPECT_TRUE(same(tail[0], b.events[0]));
    EXPECT_TRUE(this->kept->events(all[3].seq, std::nullopt, 10).empty());
}

TYPED_TEST_P(store_conformance, Events_of_one_saga_are_its_history) {
    this->commit(this->script.started({"a", "b"}));
    for (int i = 0; i < 5; ++i) {
        auto b = this->script.next();
        this->script.change(b, "a");
        this->script.change(b, "b");
        if (i == 4) this->script.finish(b, "a");
        this->commit(b);
    }
    const auto birth = this->load("a")->birth;
    const auto history = this->kept->events(0, birth, 100);
    ASSERT_EQ(history.size(), 7U);
    EXPECT_EQ(history.front().kind, event_kind::started);
    EXPECT_EQ(history.back().kind, event_kind::completed);
    for (std::size_t i = 1; i < history.size(); ++i) EXPECT_EQ(history[i].previous, history[i - 1].seq);
    for (const auto& e : history) EXPECT_EQ(e.saga_id, "a");
    const auto middle = this->kept->events(history[1].seq, birth, 2);
    ASSERT_EQ(middle.size(), 2U);
    EXPECT_TRUE(same(middle[0], history[2]));
    EXPECT_TRUE(same(middle[1], history[3]));
    EXPECT_TRUE(this->kept->events(0, 123'456'789, 10).empty());
}

TYPED_TEST_P(store_conformance, Readers_see_every_batch_whose_commit_returned_while_others_commit) {
    std::atomic<int> committed = -1;
    std::atomic<int> behind = 0;
    std::jthread reading([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const int n = committed;
            if (n >= 0 && !this->kept->load(std::vector{"id-" + std::to_string(n)}).at(0)) behind += 1;
            const auto seen = this->kept->events(0, std::nullopt, 1'000'000).size();
            if (static_cast<int>(seen) < n + 1) behind += 1;
        }
    });
    for (int i = 0; i < 300; ++i) {
        this->commit(this->script.started_many("id-", 1));
        committed = i;
    }
    reading.request_stop();
    reading.join();
    EXPECT_EQ(behind, 0);
}

TYPED_TEST_P(store_conformance, R16_Everything_durable_is_found_after_reopening) {
    if (!TypeParam::survives_reopening) GTEST_SKIP() << "this store forgets with its process";
    for (int i = 0; i < 10; ++i) this->commit(this->script.started_many("id-", 100));
    auto b = this->script.next();
    this->script.change(b, "id-7").record = R"({"n":7})";
    this->script.finish(b, "id-8");
    b.timers = {{.birth = this->load("id-7")->birth, .due = script_time(1)}};
    this->commit(b);
    const auto before = this->kept->claim(0, "x");
    this->reopen();
    const auto after = this->kept->claim(0, "y");
    EXPECT_EQ(after.source, before.source);
    EXPECT_EQ(after.last_batch, before.last_batch);
    EXPECT_EQ(after.last_event, before.last_event);
    EXPECT_GT(after.epoch, before.epoch);
    EXPECT_EQ(this->load("id-7")->record, R"({"n":7})");
    EXPECT_EQ(this->load("id-8")->state, saga_state::completed);
    EXPECT_EQ(this->kept->list({.among = TestFixture::order::unfinished, .limit = 5'000}, 0).sagas.size(),
              999U);
    EXPECT_EQ(ids(this->kept->list({.among = TestFixture::order::due}, 0)), "id-7");
    EXPECT_EQ(this->kept->events(0, std::nullopt, 5'000).size(), 1'002U);
    this->script.own(after);
    EXPECT_EQ(this->kind_of_failure([&] { this->commit(this->script.started({"id-999"})); }),
              store_error::kind::permanent);
}

REGISTER_TYPED_TEST_SUITE_P(
    store_conformance, R3_Claim_draws_a_source_once, F1_Claim_fences_the_owner_before,
    F1_Claim_fences_even_a_batch_that_was_applied, Claim_tells_where_the_owner_before_stopped,
    F3_Claim_refuses_a_shard_that_does_not_exist, Commit_keeps_all_that_a_row_holds,
    Commit_replaces_a_saga_and_keeps_the_others, Commit_takes_a_saga_that_starts_and_finishes_in_one_batch,
    F1_Commit_takes_a_batch_already_applied_as_success_and_changes_nothing,
    Commit_refuses_a_gap_in_the_numbers_for_good, R1_Commit_refuses_a_second_saga_of_an_id,
    R1_Commit_refuses_the_id_of_a_finished_saga_until_it_is_purged,
    R1_Commit_refuses_an_id_twice_in_one_batch, Commit_is_all_or_nothing_when_a_part_is_refused,
    Commit_takes_an_empty_batch, Commit_replaces_a_definition, Load_answers_in_the_order_of_the_ids,
    Load_finds_thousands_of_ids_and_no_others, List_pages_in_the_order_of_birth,
    List_filters_by_state_type_and_version, List_leaves_the_record_out_when_told_to,
    R17_List_tells_what_may_be_purged_the_earliest_first, R17_A_purge_removes_a_saga_and_its_events_only,
    A_timer_is_listed_when_due_until_it_is_fired, A_timer_outlives_its_saga_and_one_that_is_set_again_is_kept,
    R18_Events_come_in_order_after_a_cursor, Events_of_one_saga_are_its_history,
    Readers_see_every_batch_whose_commit_returned_while_others_commit,
    R16_Everything_durable_is_found_after_reopening);

} // namespace sagaflow::testing
