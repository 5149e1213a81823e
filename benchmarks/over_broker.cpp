// kafka_throughput, kafka_latency, amqp_throughput, amqp_latency.
#include "over_broker.hpp"

#include "benchmarks.hpp"
#include "broker.hpp"
#include "load.hpp"
#include "report.hpp"

#include <sagaflow/memory.hpp>

#ifdef SAGAFLOW_BENCH_KAFKA
#include "../transports/kafka/bench/bare_client.hpp"

#include <sagaflow/kafka.hpp>
#endif
#ifdef SAGAFLOW_BENCH_AMQP
#include "../transports/amqp/bench/bare_client.hpp"

#include <sagaflow/amqp.hpp>
#endif

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

constexpr std::size_t rounds = 3;

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

// Conversations of three rounds each, so many at once; the seconds they took. `took` gets each one's, if it
// is given.
double converse(bare_client& c, std::uint32_t count, std::uint32_t in_flight, std::vector<double>* took) {
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
            if (asked[i] < rounds) {
                c.ask(asked[i]++, i);
                continue;
            }
            ++ended;
            if (took)
                took->push_back(std::chrono::duration<double, std::micro>(clock::now() - begun[i]).count());
        }
    }
    return std::chrono::duration<double>(clock::now() - from).count();
}

// Conversations a second while an engine runs as many sagas over memory on the same cores. Were there nothing
// between an engine and the client library, it could do no better.
double converse_beside_engine(const session& s, bare_client& c, std::uint32_t count,
                              std::uint32_t in_flight) {
    const auto bus = sagaflow::memory::make_transport();
    const participants services(bus, participants::inboxes::none, false, s.folder());
    trip_engine e(bus, s.folder() / "alone.db");
    const auto from = clock::now();
    {
        const std::jthread conversing([&] { converse(c, count, in_flight, nullptr); });
        run_load(e.engine, e.trips, e.ids, count, in_flight);
    }
    return count / std::chrono::duration<double>(clock::now() - from).count();
}

struct bare_figures {
    double per_s = 0;
    double beside_engine_per_s = 0;
    double p50_us = 0;
};

bare_figures measure_bare(const session& s, const wiring& w, const std::string& host, std::uint32_t count,
                          std::uint32_t in_flight) {
    auto server = other_process("bare", w, host);
    server.read_until("ready");
    const auto client = w.ask(setup_of(w, host));
    converse(*client, count, in_flight, nullptr); // both sides have joined, then, and the broker is warm
    bare_figures f;
    if (in_flight > 1) {
        f.per_s = count / converse(*client, count, in_flight, nullptr);
        f.beside_engine_per_s = converse_beside_engine(s, *client, count, in_flight);
    }
    std::vector<double> took;
    if (in_flight == 1) {
        converse(*client, count, 1, &took);
        f.p50_us = percentile(took, 0.5);
    }
    return f;
}

constexpr std::chrono::minutes patience{5}; // the broker may be slow: no attempt is to be repeated

void run_throughput_over(session& s, const wiring& w) {
    const auto sagas = s.args()["sagas"];
    const auto in_flight = s.args()["concurrency"];
    const broker server(w.service, s.folder() / "broker");
    const auto bare = measure_bare(s, w, server.address(), static_cast<std::uint32_t>(sagas),
                                   static_cast<std::uint32_t>(in_flight));
    auto others = other_process("participants", w, server.address());
    others.read_until("ready");
    trip_engine e(w.connect(server.address()), s.folder() / "engine.db", patience);
    run_load(e.engine, e.trips, e.ids, sagas, in_flight); // as warm as for the bare loop
    const auto before = usage_now();
    const auto seconds = run_load(e.engine, e.trips, e.ids, sagas, in_flight);
    const auto n = static_cast<double>(sagas);
    report(w.name + "_throughput", {{"sagas_per_s", n / seconds},
                                    {"bare_per_s", bare.per_s},
                                    {"ratio", n / seconds / bare.per_s},
                                    {"ceiling", bare.beside_engine_per_s / bare.per_s},
                                    {"cpu_us_per_saga", (usage_now().cpu_us - before.cpu_us) / n}});
}

void run_latency_over(session& s, const wiring& w) {
    const auto commit_p50 = s.reference().commit_p50_us;
    const auto sagas = s.args()["sagas"];
    const broker server(w.service, s.folder() / "broker");
    const auto bare = measure_bare(s, w, server.address(), static_cast<std::uint32_t>(sagas), 1);
    auto others = other_process("participants", w, server.address());
    others.read_until("ready");
    trip_engine e(w.connect(server.address()), s.folder() / "engine.db", patience);
    std::vector<double> samples;
    for (std::uint64_t i = 0; i < sagas + sagas / 10; ++i) {
        const auto id = e.ids.next();
        const auto from = clock::now();
        e.trips.start(id, {.guest = "guest-" + std::to_string(i), .amount = i}).value();
        bool completed = false;
        for (const auto& event : e.engine.watch(id))
            completed = event.kind == sagaflow::event_kind::completed;
        if (!completed) throw std::runtime_error("a saga did not complete");
        if (i >= sagas / 10) // the first ones warm up
            samples.push_back(std::chrono::duration<double, std::micro>(clock::now() - from).count());
    }
    const auto p50 = percentile(samples, 0.5);
    const auto path = bare.p50_us + 4 * commit_p50;
    report(w.name + "_latency", {{"p50_us", p50},
                                 {"p99_us", percentile(samples, 0.99)},
                                 {"bare_p50_us", bare.p50_us},
                                 {"commit_p50_us", commit_p50},
                                 {"path_ratio", p50 / path}});
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
