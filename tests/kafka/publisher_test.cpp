// What becomes of messages on their way to the broker.
#include "kafka/publisher.hpp"

#include "kafka/topology.hpp"
#include "serving.hpp"
#include "support/service_address.hpp"
#include "support/temp_folder.hpp"

#include <sagaflow/testing/transport_script.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace sagaflow::kafka {
namespace {

using testing::make_message;
using enum published::verdict;

struct kafka_publisher : ::testing::Test {
    ~kafka_publisher() override { out.close(); }

    void publish(int count, const std::string& saga = "ada") { publish_to(topic, count, saga); }
    void publish_to(const std::string& where, int count, const std::string& saga) {
        std::vector<message> batch;
        for (int n = 0; n < count; ++n) batch.push_back(make_message(where, saga, n));
        sent += count;
        out.publish(std::move(batch), [this](std::span<const published> report) {
            for (const auto& p : report) ++verdicts[p.result];
        });
    }
    void serve_until(published::verdict v, int count) {
        kafka::serve_until(out, wake, [&] { return verdicts[v] >= count; });
        ASSERT_EQ(verdicts[v], count);
    }

    // Those that the producer has which sends at once, when there is little to do.
    int at_once() const { return rd_kafka_outq_len(out.connection()->get()); }

    // Has much to do until it gathers; its second producer is made by serve().
    bool gathers() {
        return kafka::serve_until(out, wake, [this] {
            publish(100, "grace");
            return at_once() == 0;
        });
    }
    // Has little to do until it does not gather any more; so many are never confirmed.
    bool sends_at_once(int stuck = 0) {
        return kafka::serve_until(out, wake, [this, stuck, does = false]() mutable {
            if (does || verdicts[accepted] < sent - stuck) return does;
            publish(1, "grace"); // alone on its way
            return does = at_once() == 1;
        });
    }

    transport_options options{.hosts = {testing::service_address("kafka")}};
    std::string topic = testing::unique_name("producer");
    transports::wakeup wake;
    reaper ending;
    std::shared_ptr<trouble> t = std::make_shared<trouble>([] {});
    publisher out{options, wire::make_cloudevents({.prefix = "ce_"}), wake, t, ending};
    std::map<published::verdict, int> verdicts;
    int sent = 0;
};

TEST_F(kafka_publisher, makes_its_producer_anew_after_a_fatal_error_and_reports_what_it_had_as_failed) {
    publish(3); // to a topic that is not there: they wait
    rd_kafka_test_fatal_error(out.connection()->get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                              "a test");
    serve_until(failed, 3);
    while (!out.connection()) wake.wait(out.serve());
    ASSERT_EQ(
        ensure(*out.connection(), options, {topic}, std::chrono::steady_clock::now() + testing::patience).is,
        topic_answer::what::usable);
    publish(3);
    serve_until(accepted, 3);
    EXPECT_EQ(verdicts[failed], 3);
}

TEST_F(kafka_publisher, keeps_nothing_back_while_the_broker_has_still_to_confirm) {
    for (int n = 1; n <= 3; ++n) { // to a topic that is not there: nothing is confirmed
        publish(1);
        EXPECT_EQ(at_once(), n);
    }
}

TEST_F(kafka_publisher, keeps_what_is_published_while_its_producer_is_made_anew) {
    ensure(*out.connection(), options, {topic}, std::chrono::steady_clock::now() + testing::patience);
    rd_kafka_test_fatal_error(out.connection()->get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                              "a test");
    publish(5);
    serve_until(accepted, 5);
}

TEST_F(kafka_publisher, refuses_what_is_too_large_for_itself_or_for_the_broker_and_takes_the_others) {
    ensure(*out.connection(), options, {topic}, std::chrono::steady_clock::now() + testing::patience);
    for (const auto& [own_limit, words] :
         {std::pair<std::size_t, std::string>{1'000'000, "message_bytes"}, {3'000'000, "too large"}}) {
        auto limited = options;
        limited.message_bytes = own_limit;
        publisher to(limited, wire::make_cloudevents({.prefix = "ce_"}), wake, t, ending);
        std::vector<message> batch;
        for (int n = 0; n < 20; ++n) batch.push_back(make_message(topic, "ada", n));
        batch[10].body = '"' + std::string(2'000'000, 'x') + '"';
        std::map<published::verdict, int> told;
        std::size_t count = 0;
        std::string reason;
        to.publish(std::move(batch), [&](std::span<const published> report) {
            for (const auto& p : report) {
                ++told[p.result];
                ++count;
                if (p.result == refused) reason = p.reason;
            }
        });
        kafka::serve_until(to, wake, [&] { return count >= 20; });
        to.close();
        EXPECT_EQ(told[accepted], 19);
        EXPECT_EQ(told[refused], 1);
        EXPECT_NE(reason.find(words), std::string::npos) << reason;
    }
}

TEST_F(kafka_publisher,
       gathers_messages_when_there_are_many_and_sends_them_at_once_again_when_there_are_few) {
    ensure(*out.connection(), options, {topic}, std::chrono::steady_clock::now() + testing::patience);
    EXPECT_TRUE(gathers());
    EXPECT_TRUE(sends_at_once());
}

TEST_F(kafka_publisher, keeps_a_sagas_messages_with_the_producer_that_has_one_of_them) {
    publish(1, "ada"); // to a topic that is not there: nothing is confirmed
    publish(100, "grace");
    const auto gathering = [&, before = 0]() mutable {
        before = at_once();
        publish(1, "alan-" + std::to_string(sent)); // each another saga
        return at_once() == before;
    };
    EXPECT_TRUE(kafka::serve_until(out, wake, gathering));
    const auto before = at_once();
    publish(1, "ada");
    EXPECT_EQ(at_once(), before + 1) << "it would overtake the first one";
    publish(1, "edsger");
    EXPECT_EQ(at_once(), before + 1);
    options.in_flight = static_cast<std::size_t>(sent); // of both producers
    publish(2, "barbara");
    EXPECT_EQ(verdicts[failed], 2);
    out.close();
    EXPECT_EQ(verdicts[failed], sent) << "close() frees those of both";
}

TEST_F(kafka_publisher, keeps_a_sagas_messages_with_the_gathering_producer_when_there_is_little_to_do_again) {
    ensure(*out.connection(), options, {topic}, std::chrono::steady_clock::now() + testing::patience);
    EXPECT_TRUE(gathers());
    const auto nowhere = testing::unique_name("nowhere"); // nothing is confirmed there
    publish_to(nowhere, 1, "ada");
    EXPECT_EQ(at_once(), 0);
    EXPECT_TRUE(sends_at_once(1));
    const auto before = at_once();
    publish_to(nowhere, 1, "ada");
    EXPECT_EQ(at_once(), before) << "it would overtake the first one";
    publish_to(nowhere, 1, "edsger");
    EXPECT_EQ(at_once(), before + 1);
}

TEST_F(kafka_publisher, reports_what_waits_for_a_new_producer_when_it_is_closed) {
    rd_kafka_test_fatal_error(out.connection()->get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                              "a test");
    publish(3);
    EXPECT_EQ(verdicts[failed], 0);
    out.close();
    EXPECT_EQ(verdicts[failed], 3);
}

TEST_F(kafka_publisher, has_one_producer_if_a_property_says_how_long_it_gathers) {
    for (const auto* name : {"linger.ms", "queue.buffering.max.ms"}) {
        options.properties = {{name, "1"}};
        publisher own(options, wire::make_cloudevents({.prefix = "ce_"}), wake, t, ending);
        for (int n = 1; n <= 4; ++n) { // each another saga: one's messages would stay together
            own.publish(std::vector(100, make_message(topic, "saga-" + std::to_string(n), 1)), {});
            own.serve();
            EXPECT_EQ(rd_kafka_outq_len(own.connection()->get()), 100 * n) << name;
        }
        own.close();
    }
}

TEST_F(kafka_publisher, has_a_producer_that_is_done_with_what_it_had_when_it_is_lost) {
    std::size_t batch_bytes = 1'000'000;
    producer one(options, role::bulk_producer, batch_bytes, wake, t, ending);
    transports::reports told;
    outgoing m{topic, "ada", wire::make_cloudevents({})->write(make_message(topic, "ada", 1)), {}, 0};
    EXPECT_FALSE(one.take(m, told)) << "it has no client";
    one.use(one.make_client(batch_bytes));
    EXPECT_TRUE(one.take(m, told));
    EXPECT_TRUE(one.has("ada"));
    EXPECT_EQ(one.outstanding(), 1);
    EXPECT_FALSE(one.let_go_if_lost(told));
    one.note_fatal();
    EXPECT_TRUE(one.let_go_if_lost(told));
    EXPECT_EQ(one.connection(), nullptr);
    EXPECT_FALSE(one.has("ada"));
    EXPECT_EQ(one.outstanding(), 0);
    EXPECT_GT(one.pause(), std::chrono::milliseconds(0)) << "before the next one";
}

// Makes it, with a limit for what the broker takes at once.
void make_topic(client& by, const std::string& name, const char* max_message_bytes) {
    const new_topic_handle wanted(rd_kafka_NewTopic_new(name.c_str(), 1, 1, nullptr, 0));
    rd_kafka_NewTopic_set_config(wanted.get(), "max.message.bytes", max_message_bytes);
    const queue_handle answers(rd_kafka_queue_new(by.get()));
    auto* one = wanted.get();
    rd_kafka_CreateTopics(by.get(), &one, 1, nullptr, answers.get());
    const event_handle answer(rd_kafka_queue_poll(answers.get(), 30'000));
    ASSERT_TRUE(answer && rd_kafka_event_error(answer.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

TEST_F(kafka_publisher, sends_in_smaller_batches_when_the_broker_takes_no_large_ones) {
    make_topic(*out.connection(), topic, "20000");
    ensure(*out.connection(), options, {topic}, std::chrono::steady_clock::now() + testing::patience);
    constexpr int count = 2'000;
    std::vector<message> batch;
    for (int n = 0; n < count; ++n) batch.push_back(make_message(topic, "ada", n));
    batch[count / 2].body = '"' + std::string(30'000, 'x') + '"';
    int given_up = 0;
    int over = 0;
    const auto give_up = std::chrono::steady_clock::now() + testing::patience;
    while (!batch.empty() && std::chrono::steady_clock::now() < give_up) {
        std::vector<message> again;
        std::size_t told = 0;
        out.publish(std::vector(batch), [&](std::span<const published> report) {
            told += report.size();
            for (const auto& p : report) {
                if (p.result == failed) again.push_back(batch[p.index]);
                if (p.result == refused) ++(batch[p.index].body.size() > 20'000 ? over : given_up);
            }
        });
        kafka::serve_until(out, wake, [&] { return told == batch.size(); });
        batch = std::move(again);
    }
    EXPECT_TRUE(batch.empty()) << batch.size() << " are never accepted";
    EXPECT_EQ(given_up, 0) << "refused with others that were too large together";
    EXPECT_EQ(over, 1);
}

TEST_F(kafka_publisher, makes_its_producer_anew_when_that_is_possible_again) {
    std::optional<testing::temp_folder> authorities(std::in_place); // a folder of them may be empty
    options.tls = {.enabled = true, .ca_file = authorities->path().string()};
    options.hosts = {"127.0.0.1:1"}; // nobody says anything about certificates
    publisher secure(options, wire::make_cloudevents({.prefix = "ce_"}), wake, t, ending);
    const auto first = secure.connection();
    authorities.reset();
    rd_kafka_test_fatal_error(first->get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
    const auto until = [&](bool there) {
        return kafka::serve_until(secure, wake, [&] { return (secure.connection() != nullptr) == there; });
    };
    EXPECT_TRUE(until(false));
    for (int attempts = 0; attempts < 10; ++attempts) wake.wait(secure.serve());
    EXPECT_EQ(secure.connection(), nullptr);
    EXPECT_NE(t->text().find("ssl.ca.location"), std::string::npos) << t->text();
    std::filesystem::create_directory(options.tls.ca_file);
    EXPECT_TRUE(until(true));
    std::filesystem::remove(options.tls.ca_file);
    secure.close();
}

TEST_F(kafka_publisher, fails_what_is_over_its_bound) {
    options.in_flight = 10;
    publish(12);
    EXPECT_EQ(verdicts[failed], 2);
    out.close();
    EXPECT_EQ(verdicts[failed], 12) << "close() frees the rest";
}

} // namespace
} // namespace sagaflow::kafka
