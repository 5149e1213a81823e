#include "client.hpp"

#include <sagaflow/engine.hpp>
#include <sagaflow/http_saga.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/transport.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>

namespace {

using namespace std::chrono_literals;
namespace http = sagaflow::http;
using http_test::client;
using http_test::get;
using http_test::unchunked;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

struct parcel {
    std::string name;
};
struct carry {
    static constexpr std::string_view type = "courier.carry";
    using reply = sagaflow::nothing;
};
struct seen {
    std::string json;
};

} // namespace

template <>
struct sagaflow::codec<parcel> {
    static void encode(const parcel& p, std::string& out) { out += '"' + p.name + '"'; }
    static parcel decode(std::string_view json) { return {std::string(json.substr(1, json.size() - 2))}; }
};
template <>
struct sagaflow::codec<carry> {
    static void encode(const carry&, std::string& out) { out += "{}"; }
};
template <>
struct sagaflow::codec<seen> {
    static void encode(const seen& s, std::string& out) { out += s.json; }
};

namespace {

sagaflow::step<parcel, carry> leg(const char* name) {
    return {.name = name,
            .send = [](const parcel&) { return carry{}; },
            .compensate = sagaflow::nothing_to_compensate,
            .timeout = 1h};
}

// Three legs; the second is not to be seen in the status.
sagaflow::saga<parcel> journey() {
    return {.name = "journey",
            .version = 1,
            .stages = sagaflow::stages(leg("first"), leg("second"), leg("third")),
            .status = [](const sagaflow::view<parcel>& v) {
                const bool first = v.step("first") == sagaflow::step_state::done;
                const bool third = v.step("third") == sagaflow::step_state::done;
                return seen{third ? R"({"at":3})" : first ? R"({"at":1})" : R"({"at":0})"};
            }};
}

// Answers commands when it is told to.
class courier {
  public:
    explicit courier(std::shared_ptr<sagaflow::transport> bus) : bus_(std::move(bus)) {
        sagaflow::subscription s;
        s.address = "courier";
        s.group = "courier";
        s.stop = stop_.get_token();
        bus_->consume(std::move(s), [this](std::vector<sagaflow::delivery> batch, const auto& from) {
            std::vector<std::uint64_t> tags;
            const std::lock_guard lock(mutex_);
            for (auto& d : batch) {
                tags.push_back(d.tag);
                held_.push_back(std::move(d.content));
            }
            from->settle(tags, sagaflow::settler::verdict::acknowledge);
            changed_.notify_all();
        });
    }
    ~courier() { stop_.request_stop(); }

    void answer(int count = 1) {
        for (; count > 0; --count) bus_->publish({reply_to(next())}, [](auto) {});
    }

  private:
    sagaflow::message next() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !held_.empty(); });
        auto m = std::move(held_.front());
        held_.pop_front();
        return m;
    }
    static sagaflow::message reply_to(const sagaflow::message& command) {
        sagaflow::message m;
        m.address = command.reply_to;
        m.id = command.id + "/reply";
        m.source = "courier";
        m.type = command.type;
        m.kind = sagaflow::message_kind::reply;
        m.saga_id = command.saga_id;
        m.saga_type = command.saga_type;
        m.step = command.step;
        m.causation_id = command.id;
        m.body = "{}";
        return m;
    }

    std::shared_ptr<sagaflow::transport> bus_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<sagaflow::message> held_;
};

class saga_streams_test : public testing::Test {
  protected:
    saga_streams_test()
        : bus(sagaflow::memory::make_transport()),
          engine(sagaflow::engine_options{
              .name = "post", .store = sagaflow::memory::make_store(), .transports = {bus}}),
          journeys(engine.host(journey())),
          streams(engine),
          mail(bus) {
        engine.start();
        server.route("GET", "/{id}", [this](const http::request& r, http::exchange e) {
            streams.follow(std::move(e), std::string(r.param("id")), http::last_event_id(r));
        });
        server.start();
    }
    ~saga_streams_test() override {
        server.stop(0ms);
        engine.stop(0ms);
        bus->close();
    }
    client watch(const std::string& id, const std::string& last_event_id = "") {
        client c(server.port());
        c.send(get("/" + id, last_event_id.empty() ? "" : "Last-Event-ID: " + last_event_id + "\r\n"));
        return c;
    }
    // All of a saga's documents, as one new client gets them at its end.
    std::string whole(const std::string& id, const std::string& last_event_id = "") {
        client c = watch(id, last_event_id);
        EXPECT_EQ(c.read_reply(false).status, 200);
        return unchunked(c.read_all());
    }
    static std::string id_of(const std::string& event) {
        const auto from = event.rfind("id: ") + 4;
        return event.substr(from, event.find('\n', from) - from);
    }
    double watchers() {
        for (const auto& m : engine.metrics()) {
            if (m.name == "sagaflow_queue_length" && m.labels.at(0).second == "watchers") return m.value;
        }
        ADD_FAILURE() << "no such metric";
        return 0;
    }

    std::shared_ptr<sagaflow::transport> bus;
    sagaflow::engine engine;
    sagaflow::hosted<parcel> journeys;
    http::saga_streams streams;
    courier mail;
    http::server server;
};

TEST_F(saga_streams_test, sends_the_first_document_at_once_then_each_that_differs_and_ends_with_the_saga) {
    journeys.start("p", {"p"}).value();
    client c = watch("p");
    EXPECT_EQ(c.read_reply(false).headers.at("content-type"), "text/event-stream");
    const auto first = c.read_until("data: {\"at\":0}\n\n");
    mail.answer();
    const auto second = c.read_until("data: {\"at\":1}\n\n");
    mail.answer(2);
    const auto rest = c.read_all();
    EXPECT_THAT(rest, HasSubstr("data: {\"at\":3}\n\n"));
    EXPECT_THAT(rest, EndsWith("0\r\n\r\n"));
    EXPECT_EQ(rest.find("data:"), rest.rfind("data:"));
    EXPECT_LT(std::stoull(id_of(first)), std::stoull(id_of(second)));
}

TEST_F(saga_streams_test, history_and_live_are_the_same_events_under_the_same_ids) {
    journeys.start("p", {"p"}).value();
    client c = watch("p");
    c.read_reply(false);
    std::string live = c.read_until("data: {\"at\":0}\n\n\r\n");
    mail.answer();
    live += c.read_until("data: {\"at\":1}\n\n\r\n");
    mail.answer(2);
    live += c.read_all();
    EXPECT_EQ(unchunked(live), whole("p"));
}

TEST_F(saga_streams_test, resumes_after_the_last_event_that_the_client_has) {
    journeys.start("p", {"p"}).value();
    client c = watch("p");
    const auto first = c.read_until("data: {\"at\":0}\n\n");
    mail.answer(3);
    c.read_all();
    const auto rest = whole("p", id_of(first));
    EXPECT_THAT(rest, Not(HasSubstr("{\"at\":0}")));
    EXPECT_THAT(rest, HasSubstr("{\"at\":1}"));
    EXPECT_THAT(rest, HasSubstr("{\"at\":3}"));
}

TEST_F(saga_streams_test, a_client_that_has_all_there_is_yet_gets_its_head_at_once_and_then_what_comes) {
    journeys.start("p", {"p"}).value();
    client c = watch("p");
    const auto first = c.read_until("data: {\"at\":0}\n\n");
    client again = watch("p", id_of(first));
    again.read_until(": connected\n\n");
    mail.answer();
    EXPECT_THAT(again.read_until("data: {\"at\":1}\n\n"), Not(HasSubstr("{\"at\":0}")));
}

TEST_F(saga_streams_test, says_204_when_all_was_delivered) {
    journeys.start("p", {"p"}).value();
    mail.answer(3);
    const auto all = whole("p");
    client c = watch("p", id_of(all));
    const auto r = c.read_reply();
    EXPECT_EQ(r.status, 204);
    EXPECT_EQ(r.headers.count("content-length"), 0U);
}

TEST_F(saga_streams_test, says_404_for_a_saga_that_there_is_not) {
    client c = watch("nobody");
    const auto r = c.read_reply();
    EXPECT_EQ(r.status, 404);
    EXPECT_EQ(r.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(r.body, HasSubstr("nobody"));
}

TEST_F(saga_streams_test, ignores_an_id_that_is_none_or_beyond_the_newest) {
    journeys.start("p", {"p"}).value();
    mail.answer(3);
    const auto all = whole("p");
    const auto beyond = std::to_string(std::stoull(id_of(all)) + 1000);
    for (const std::string& id :
         {std::string("x"), std::string("-1"), beyond, std::string("18446744073709551616")}) {
        EXPECT_EQ(whole("p", id), all) << id;
    }
}

TEST_F(saga_streams_test, any_number_of_clients_follow_one_saga) {
    journeys.start("p", {"p"}).value();
    std::vector<client> all;
    for (int i = 0; i < 50; ++i) all.push_back(watch("p"));
    for (client& c : all) c.read_until("data: {\"at\":0}\n\n");
    mail.answer(3);
    for (client& c : all) EXPECT_THAT(c.read_all(), HasSubstr("{\"at\":3}"));
}

TEST_F(saga_streams_test, keeps_nothing_for_a_client_that_left) {
    journeys.start("p", {"p"}).value();
    client stays = watch("p");
    stays.read_until("data: {\"at\":0}\n\n");
    {
        client leaves = watch("p");
        leaves.read_until("data: {\"at\":0}\n\n");
        EXPECT_EQ(watchers(), 2);
    }
    while (watchers() != 1) std::this_thread::yield();
    mail.answer(3);
    EXPECT_THAT(stays.read_all(), HasSubstr("{\"at\":3}"));
    while (watchers() != 0) std::this_thread::yield();
}

TEST_F(saga_streams_test, cuts_the_stream_off_when_the_engine_stops_so_that_the_client_comes_back) {
    journeys.start("p", {"p"}).value();
    client c = watch("p");
    c.read_until("data: {\"at\":0}\n\n");
    engine.stop(0ms);
    EXPECT_THAT(c.read_all(), Not(EndsWith("0\r\n\r\n")));
    client late = watch("p");
    EXPECT_EQ(late.read_reply().status, 503);
}

TEST_F(saga_streams_test, ends_in_order_when_the_server_stops) {
    journeys.start("p", {"p"}).value();
    client c = watch("p");
    c.read_until("data: {\"at\":0}\n\n");
    server.stop();
    EXPECT_THAT(c.read_all(), EndsWith("0\r\n\r\n"));
    EXPECT_EQ(watchers(), 0);
}

} // namespace
