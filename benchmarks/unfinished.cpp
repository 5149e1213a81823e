// recovery, memory: a million sagas that wait for an answer.
#include "benchmarks.hpp"
#include "load.hpp"
#include "report.hpp"
#include "sink_transport.hpp"

#include <sagaflow/sqlite.hpp>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

using clock = std::chrono::steady_clock;

// They wait for their answers longer than a run takes: what is measured is waiting, not retrying.
constexpr auto patience = std::chrono::hours(24);

double seconds_since(clock::time_point from) {
    return std::chrono::duration<double>(clock::now() - from).count();
}

double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    double total = 0, resident = 0;
    statm >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

struct running_engine {
    running_engine(const std::filesystem::path& file, std::size_t hot)
        : sink(std::make_shared<sink_transport>()),
          engine({.name = "bench",
                  .store = sagaflow::sqlite::open({.path = file.string()}),
                  .transports = {sink},
                  .limits = {.hot_sagas = hot}}),
          trips(engine.host(trip_saga(patience))) {
        engine.start();
    }
    std::shared_ptr<sink_transport> sink;
    sagaflow::engine engine;
    sagaflow::hosted<trip> trips;
};

void start_all(running_engine& r, id_source& ids, std::uint64_t sagas) {
    std::atomic<std::uint64_t> answered{0}, failed{0};
    for (std::uint64_t i = 0; i < sagas; ++i) {
        while (i - answered >= 8000) std::this_thread::sleep_for(std::chrono::microseconds(200));
        r.trips.async_start(ids.next(), {.guest = "guest-" + std::to_string(i), .amount = i},
                            [&](const sagaflow::result<sagaflow::started>& s) {
                                failed += s.has_value() ? 0 : 1;
                                ++answered;
                            });
    }
    while (answered < sagas) std::this_thread::sleep_for(std::chrono::microseconds(200));
    if (failed != 0) throw std::runtime_error(std::to_string(failed) + " starts were refused");
}

// Runs `work` in a process of its own, which dies as by kill -9 when the work is done; what it wrote to the
// pipe comes back.
double in_child(const std::function<double()>& work) {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) throw std::runtime_error("no pipe");
    const auto child = ::fork();
    if (child == 0) {
        double value = -1;
        try {
            value = work();
        } catch (const std::exception& e) {
            std::fprintf(stderr, "%s\n", e.what());
        }
        [[maybe_unused]] const auto written = ::write(pipe_ends[1], &value, sizeof value);
        ::kill(::getpid(), SIGKILL);
    }
    double value = -1;
    ::close(pipe_ends[1]);
    const auto got = ::read(pipe_ends[0], &value, sizeof value);
    ::close(pipe_ends[0]);
    ::waitpid(child, nullptr, 0);
    if (got != sizeof value || value < 0) throw std::runtime_error("the child process failed");
    return value;
}

void make_unfinished(const std::filesystem::path& file, std::uint64_t sagas, std::size_t hot) {
    in_child([&] {
        running_engine r(file, hot);
        id_source ids;
        start_all(r, ids, sagas);
        return 0.0;
    });
}

} // namespace

void run_recovery(session& s) {
    const auto sagas = s.args()["sagas"];
    const auto file = s.folder() / "engine.db";
    const std::size_t hot = s.args()["hot"];
    make_unfinished(file, sagas, hot);
    const auto before = resident_bytes();
    const auto from = clock::now();
    running_engine r(file, hot);
    const auto open_s = seconds_since(from);
    while (metric_sum(r.engine, "sagaflow_commands_resent_total") < static_cast<double>(sagas))
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    while (r.sink->taken() < sagas) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto resent_s = seconds_since(from);
    report("recovery", {{"open_s", open_s},
                        {"resent_s", resent_s},
                        {"resident_mib", (resident_bytes() - before) / (1024 * 1024)}});
    r.engine.stop();
}

// Hot: all of them in memory. Cold: one in a hundred, and what the others add.
void run_memory(session& s) {
    const auto sagas = s.args()["sagas"];
    const auto growth = [&](const std::string& name, std::size_t hot) {
        return in_child([&, hot] {
            running_engine r(s.folder() / name, hot);
            id_source ids;
            start_all(r, ids, sagas / 5); // fills what has a fixed size: page caches, queues, buffers
            ::malloc_trim(0);
            const auto before = resident_bytes();
            start_all(r, ids, sagas);
            r.engine.stop(std::chrono::seconds(60));
            ::malloc_trim(0);
            return resident_bytes() - before;
        });
    };
    const auto n = static_cast<double>(sagas);
    const auto hot = growth("hot.db", sagas * 2);
    const auto cold = growth("cold.db", 1000);
    report("memory", {{"hot_bytes_per_saga", hot / n}, {"cold_bytes_per_saga", cold / n}});
}

} // namespace bench
