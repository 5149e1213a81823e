// latency: one saga at a time, from start to its terminal event at a watcher.
#include "benchmarks.hpp"
#include "load.hpp"
#include "report.hpp"

#include <chrono>
#include <stdexcept>

namespace bench {

void run_latency(session& s) {
    using clock = std::chrono::steady_clock;
    const auto commit_p50 = s.reference().commit_p50_us;
    const auto bus = sagaflow::memory::make_transport();
    const participants services(bus, participants::inboxes::none, false, s.folder());
    trip_engine over(bus, s.folder() / "engine.db");
    std::vector<double> samples;
    const auto sagas = s.args()["sagas"];
    for (std::uint64_t i = 0; i < sagas + sagas / 10; ++i) {
        const auto id = over.ids.next();
        const trip input{.guest = "guest-" + std::to_string(i), .amount = i};
        const auto from = clock::now();
        over.trips.start(id, input).value();
        bool completed = false;
        for (const auto& e : over.engine.watch(id)) completed = e.kind == sagaflow::event_kind::completed;
        const auto us = std::chrono::duration<double, std::micro>(clock::now() - from).count();
        if (!completed) throw std::runtime_error("a saga did not complete");
        if (i >= sagas / 10) samples.push_back(us); // the first ones warm up
    }
    const auto p50 = percentile(samples, 0.5);
    report("latency", {{"p50_us", p50},
                       {"p99_us", percentile(samples, 0.99)},
                       {"commit_p50_us", commit_p50},
                       {"path_ratio", p50 / (4 * commit_p50)}});
}

} // namespace bench
