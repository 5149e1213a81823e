// throughput, compensation, participants: sagas per second with many in flight.
#include "benchmarks.hpp"
#include "load.hpp"
#include "report.hpp"

namespace bench {

namespace {

struct outcome_of_load {
    double sagas_per_s = 0;
    double fsyncs_per_saga = 0;
    double bytes_per_saga = 0;
    double cpu_us_per_saga = 0;
};

outcome_of_load measure(const session& s, const std::string& name, participants::inboxes kind,
                        bool reject_charges) {
    const auto folder = s.folder() / name;
    std::filesystem::create_directories(folder);
    const auto file = folder / "engine.db";
    const auto sagas = s.args()["sagas"];
    outcome_of_load out;
    {
        const auto bus = sagaflow::memory::make_transport();
        const participants services(bus, kind, reject_charges, folder);
        trip_engine e(bus, file);
        run_load(e.engine, e.trips, e.ids, std::min<std::uint64_t>(sagas / 10 + 1, 5000),
                 s.args()["concurrency"]); // warm up
        const auto before = usage_now();
        const auto seconds = run_load(e.engine, e.trips, e.ids, sagas, s.args()["concurrency"]);
        const auto after = usage_now();
        const auto n = static_cast<double>(sagas);
        out.sagas_per_s = n / seconds;
        out.fsyncs_per_saga = static_cast<double>(after.fsyncs - before.fsyncs) / n;
        out.cpu_us_per_saga = (after.cpu_us - before.cpu_us) / n;
    }
    out.bytes_per_saga = static_cast<double>(std::filesystem::file_size(file)) / static_cast<double>(sagas);
    std::filesystem::remove_all(folder);
    return out;
}

} // namespace

void run_throughput(session& s) {
    const auto reference = s.reference().sagas_per_s;
    const auto r = measure(s, "throughput", participants::inboxes::none, false);
    report("throughput", {{"sagas_per_s", r.sagas_per_s},
                          {"reference_per_s", reference},
                          {"ratio", r.sagas_per_s / reference},
                          {"fsyncs_per_saga", r.fsyncs_per_saga},
                          {"bytes_per_saga", r.bytes_per_saga},
                          {"cpu_us_per_saga", r.cpu_us_per_saga}});
}

void run_compensation(session& s) {
    const auto plain = measure(s, "throughput", participants::inboxes::none, false);
    const auto r = measure(s, "compensation", participants::inboxes::none, true);
    report("compensation", {{"sagas_per_s", r.sagas_per_s}, {"ratio", r.sagas_per_s / plain.sagas_per_s}});
}

void run_participants(session& s) {
    const auto reference = s.reference().sagas_per_s;
    const auto r = measure(s, "participants", participants::inboxes::sqlite, false);
    report("participants", {{"sagas_per_s", r.sagas_per_s}, {"ratio", r.sagas_per_s / reference}});
}

} // namespace bench
