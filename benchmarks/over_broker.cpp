// kafka_throughput, kafka_latency, amqp_throughput, amqp_latency.
#include "over_broker.hpp"

#include "benchmarks.hpp"
#include "broker.hpp"
#include "load.hpp"
#include "report.hpp"

#ifdef SAGAFLOW_BENCH_KAFKA
#include "../transports/kafka/bench/bare_client.hpp"

#include <sagaflow/kafka.hpp>
#endif
#ifdef SAGAFLOW_BENCH_AMQP
#include "../transports/amqp/bench/bare_client.hpp"

#include <sagaflow/amqp.hpp>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace bench {

namespace {

using clock = std::chrono::steady_clock;
using sagaflow::transports::bare_client;
using sagaflow::transports::bare_setup;

constexpr std::size_t exchanges = 3; // of a saga, or of a conversation

const std::vector<wiring>& wirings() {
    static const std::vector<wiring> all = {
#ifdef SAGAFLOW_BENCH_KAFKA
        {"kafka", "kafka", "ce_",
         [](const std::string& host) { return sagaflow::kafka::make_transport({.hosts = {host}}); },
         sagaflow::kafka::make_bare_client, sagaflow::kafka::make_bare_server},
#endif
#ifdef SAGAFLOW_BENCH_AMQP
        {"amqp", "rabbitmq", "ce-",
         [](const std::string& host) { return sagaflow::amqp::make_transport({.hosts = {host}}); },
         sagaflow::amqp::make_bare_client, sagaflow::amqp::make_bare_server},
#endif
    };
    return all;
}

const wiring& find(std::string_view name) {
    for (const auto& w : wirings())
        if (w.name == name) return w;
    throw std::runtime_error("this build has no transport '" + std::string(name) +
                             "': install its client library");
}

sagaflow::message sample(sagaflow::message_kind kind) {
    sagaflow::message m;
    m.id = "0123456789abcdefghijklmn~1234567/flight/action";
    m.source = "urn:sagaflow:0123456789abcdef0123456789abcdef";
    m.type = "flights.reserve";
    m.kind = kind;
    m.started = m.issued = sagaflow::time_point(std::chrono::hours(24 * 20'000));
    m.saga_id = "0123456789abcdefghijklmn";
    m.saga_type = "trip";
    m.step = "flight";
    if (kind == sagaflow::message_kind::reply) {
        m.causation_id = m.id;
        m.id += "/reply";
        m.source = "flights";
        m.body = R"({"reservation":"r-guest-123456"})";
    } else {
        m.reply_to = "bench.replies";
        m.body = R"({"guest":"guest-123456"})";
    }
    return m;
}

bare_setup setup_of(const wiring& w, const std::string& host) {
    const auto envelope = sagaflow::wire::make_cloudevents({.prefix = w.prefix});
    return {.host = host,
            .addresses = {"bare-rooms", "bare-flights", "bare-payments"},
            .types = {"rooms.reserve", "flights.reserve", "payments.charge"},
            .replies = "bare-replies",
            .command = envelope->write(sample(sagaflow::message_kind::command)),
            .reply = envelope->write(sample(sagaflow::message_kind::reply))};
}

child other_process(std::string_view what, const wiring& w, const std::string& host) {
    return child({"/proc/self/exe", "--other-process", std::string(what), w.name, host});
}

// The bare loop and an engine over the same broker, each with its other half in another process. The
// machine's speed changes from minute to minute: they take turns, in short rounds, and each round is a pair.
struct side_by_side {
    side_by_side(const session& s, const wiring& w)
        : server(w.service, s.folder() / "broker"),
          answering(other_process("bare", w, server.address())),
          participants(other_process("participants", w, server.address())) {
        answering.read_until("ready");
        participants.read_until("ready");
        bare = w.ask(setup_of(w, server.address()));
        sagas = std::make_unique<trip_engine>(w.connect(server.address()), s.folder() / "engine.db",
                                              std::chrono::minutes(5)); // no attempt is to be repeated
    }

    broker server;
    child answering, participants;
    std::unique_ptr<bare_client> bare;
    std::unique_ptr<trip_engine> sagas;
};

// Conversations of three exchanges each, so many at once; the seconds they took. `took` gets each one's
// microseconds, if it is given.
double converse(bare_client& c, std::uint64_t count, std::uint64_t in_flight,
                std::vector<double>* took = nullptr) {
    std::vector<std::uint8_t> asked(count);
    std::vector<clock::time_point> begun(took ? count : 0);
    std::vector<std::uint32_t> answered;
    std::uint32_t next = 0, ended = 0;
    const auto from = clock::now();
    while (ended < count) {
        for (; next < count && next - ended < in_flight; ++next) {
            if (took) begun[next] = clock::now();
            asked[next] = 1;
            c.ask(0, next);
        }
        answered.clear();
        c.take(answered);
        for (const auto i : answered) {
            if (i >= count) continue;
            if (asked[i] < exchanges) {
                c.ask(asked[i]++, i);
                continue;
            }
            ++ended;
            if (took) took->push_back(microseconds_since(begun[i]));
        }
    }
    return microseconds_since(from) / 1e6;
}

void run_throughput_over(session& s, const wiring& w) {
    const auto count = s.args()["sagas"];
    const auto in_flight = s.args()["concurrency"];
    const auto n = static_cast<double>(count);
    side_by_side both(s, w);
    auto& e = *both.sagas;
    std::vector<double> rates, bare_rates, ratios, costs;
    for (std::uint64_t round = 0; round <= s.args()["rounds"]; ++round) {
        double bare = 0, rate = 0;
        const auto run_bare = [&] { bare = n / converse(*both.bare, count, in_flight); };
        const auto run_sagas = [&] {
            const auto before = usage_now();
            rate = n / run_load(e.engine, e.trips, e.ids, count, in_flight);
            costs.push_back((usage_now().cpu_us - before.cpu_us) / n);
        };
        const bool bare_first = round % 2 == 0; // what one leaves to be done is done in the other's time
        bare_first ? run_bare() : run_sagas();
        bare_first ? run_sagas() : run_bare();
        rates.push_back(rate);
        bare_rates.push_back(bare);
        ratios.push_back(rate / bare);
        if (round == 0) // all have joined now, and the broker is warm
            for (auto* samples : {&rates, &bare_rates, &ratios, &costs}) samples->clear();
    }
    report(w.name + "_throughput", {{"sagas_per_s", percentile(rates, 0.5)},
                                    {"bare_per_s", percentile(bare_rates, 0.5)},
                                    {"ratio", percentile(ratios, 0.5)},
                                    {"least_ratio", percentile(ratios, 0)},
                                    {"most_ratio", percentile(ratios, 1)},
                                    {"cpu_us_per_saga", percentile(costs, 0.5)}});
}

void run_latency_over(session& s, const wiring& w) {
    const auto sagas = s.args()["sagas"];
    const auto rounds = s.args()["rounds"];
    side_by_side both(s, w);
    lone_commits commits(s.folder());
    std::vector<double> took, bare_took, commits_took;
    for (std::uint64_t round = 0; round <= rounds; ++round) {
        const auto count = round == 0 ? sagas : std::max<std::uint64_t>(sagas / rounds, 1);
        converse(*both.bare, count, 1, &bare_took);
        for (std::uint64_t i = 0; i < count; ++i) took.push_back(run_one(*both.sagas));
        for (std::uint64_t i = 0; i < count; ++i) commits_took.push_back(commits.commit());
        if (round == 0) // all have joined now, and the broker is warm
            for (auto* samples : {&took, &bare_took, &commits_took}) samples->clear();
    }
    const auto p50 = percentile(took, 0.5);
    const auto bare_p50 = percentile(bare_took, 0.5);
    const auto commit_p50 = percentile(commits_took, 0.5);
    report(w.name + "_latency", {{"p50_us", p50},
                                 {"p99_us", percentile(took, 0.99)},
                                 {"bare_p50_us", bare_p50},
                                 {"bare_p99_us", percentile(bare_took, 0.99)},
                                 {"commit_p50_us", commit_p50},
                                 {"path_ratio", p50 / (bare_p50 + 4 * commit_p50)}});
}

} // namespace

int run_other_process(std::string_view what, std::string_view name, const std::string& host) {
    const auto& w = find(name);
    std::shared_ptr<sagaflow::transport> bus;
    std::unique_ptr<participants> services;
    std::unique_ptr<sagaflow::transports::bare_server> server;
    std::atomic<bool> over{false};
    std::thread serving;
    if (what == "participants") {
        bus = w.connect(host);
        services = std::make_unique<participants>(bus, participants::inboxes::none, false, "");
    } else {
        server = w.answer(setup_of(w, host));
        serving = std::thread([&] {
            while (!over) server->serve();
        });
    }
    std::puts("ready");
    std::fflush(stdout);
    char ignored = 0;
    while (::read(STDIN_FILENO, &ignored, 1) > 0) {
    }
    over = true;
    if (serving.joinable()) serving.join();
    services.reset();
    if (bus) bus->close();
    return 0;
}

void run_kafka_throughput(session& s) {
    run_throughput_over(s, find("kafka"));
}
void run_kafka_latency(session& s) {
    run_latency_over(s, find("kafka"));
}
void run_amqp_throughput(session& s) {
    run_throughput_over(s, find("amqp"));
}
void run_amqp_latency(session& s) {
    run_latency_over(s, find("amqp"));
}

} // namespace bench
