// latency: one saga at a time, from start to its terminal event at a watcher.
#include "benchmarks.hpp"
#include "load.hpp"
#include "report.hpp"

#include <vector>

namespace bench {

void run_latency(session& s) {
    const auto commit_p50 = s.reference().commit_p50_us;
    const auto bus = sagaflow::memory::make_transport();
    const participants services(bus, participants::inboxes::none, false, s.folder());
    trip_engine over(bus, s.folder() / "engine.db");
    std::vector<double> samples;
    const auto sagas = s.args()["sagas"];
    for (std::uint64_t i = 0; i < sagas / 10; ++i) run_one(over); // to warm up
    for (std::uint64_t i = 0; i < sagas; ++i) samples.push_back(run_one(over));
    const auto p50 = percentile(samples, 0.5);
    report("latency", {{"p50_us", p50},
                       {"p99_us", percentile(samples, 0.99)},
                       {"commit_p50_us", commit_p50},
                       {"path_ratio", p50 / (4 * commit_p50)}});
}

} // namespace bench
