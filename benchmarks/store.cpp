// The SQLite store alone, on one thread: what commit() and load() cost a saga, a lone commit, and a million
// unfinished sagas.
#include "benchmarks.hpp"
#include "report.hpp"

#include <sagaflow/sqlite.hpp>

#include <chrono>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

namespace bench {

namespace {

using namespace sagaflow;

constexpr int transitions = 4;
constexpr std::size_t record_bytes = 400;
constexpr std::size_t details_bytes = 120;

double wall_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_s() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double resident_bytes() {
    double total = 0;
    double resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

struct spent {
    double wall = 0;
    double cpu = 0;

    template <class Work>
    void add(const Work& work) {
        const auto wall_before = wall_s();
        const auto cpu_before = cpu_s();
        work();
        cpu += cpu_s() - cpu_before;
        wall += wall_s() - wall_before;
    }
};

// Makes the batches that an engine would: each saga goes through four transitions, in batches of its own
// group.
class workload {
  public:
    explicit workload(store& kept) : owned_(kept.claim(0, "bench")) {}

    batch next() {
        batch b;
        b.epoch = owned_.epoch;
        b.number = ++owned_.last_batch;
        return b;
    }
    static std::string new_id() {
        static std::mt19937_64 random{42};
        constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        std::string id(24, ' ');
        for (auto& c : id) c = letters[random() % letters.size()];
        return id;
    }
    saga_row start(batch& b, const std::string& id) {
        saga_row row;
        row.birth = owned_.last_event + 1;
        row.id = id;
        row.saga_type = "user-signup";
        row.input_hash = std::hash<std::string>()(id);
        row.started = now();
        row.record.assign(record_bytes, 'r');
        append(b, row, event_kind::started);
        b.started.push_back(row);
        return row;
    }
    void change(batch& b, saga_row& row) {
        append(b, row, event_kind::progressed);
        b.changed.push_back(row);
    }
    void finish(batch& b, saga_row& row) {
        row.state = saga_state::completed;
        row.finished = now();
        append(b, row, event_kind::completed);
        b.finished.push_back(row);
    }

  private:
    static time_point now() {
        return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    }
    void append(batch& b, saga_row& row, event_kind kind) {
        event e;
        e.seq = ++owned_.last_event;
        e.birth = row.birth;
        e.previous = row.last_event;
        e.saga_id = row.id;
        e.saga_type = row.saga_type;
        e.at = now();
        e.kind = kind;
        e.state = row.state;
        e.details.assign(details_bytes, 'd');
        row.last_event = e.seq;
        b.events.push_back(std::move(e));
    }

    ownership owned_;
};

struct through {
    spent committing;
    spent loading;
};

// A quarter of each batch starts, a quarter ends: `per_batch` sagas are in flight.
through run_sagas(store& kept, std::uint64_t sagas, std::uint64_t per_batch) {
    through cost;
    workload work(kept);
    const auto group = per_batch / transitions;
    std::vector<std::vector<saga_row>> flight;
    for (std::uint64_t begun = 0; begun < sagas || !flight.empty();) {
        auto b = work.next();
        for (std::size_t age = 0; age < flight.size(); ++age)
            for (auto& row : flight[age])
                flight.size() - age == transitions - 1 ? work.finish(b, row) : work.change(b, row);
        if (flight.size() == transitions - 1 || (begun >= sagas && !flight.empty()))
            flight.erase(flight.begin());
        if (begun < sagas) {
            std::vector<std::string> ids(group);
            for (auto& id : ids) id = workload::new_id();
            cost.loading.add([&] { (void)kept.load(ids); });
            auto& fresh = flight.emplace_back();
            for (const auto& id : ids) fresh.push_back(work.start(b, id));
            begun += group;
        }
        cost.committing.add([&] { kept.commit(b); });
    }
    return cost;
}

double lone_commit_p50_us(store& kept, int commits) {
    workload work(kept);
    std::vector<double> samples;
    saga_row row;
    for (int i = 0; i < commits; ++i) {
        auto b = work.next();
        if (i % transitions == 0)
            row = work.start(b, workload::new_id());
        else if (i % transitions == transitions - 1)
            work.finish(b, row);
        else
            work.change(b, row);
        spent once;
        once.add([&] { kept.commit(b); });
        samples.push_back(once.wall * 1e6);
    }
    return percentile(samples, 0.5);
}

void start_unfinished(const sqlite::store_options& options, std::uint64_t sagas) {
    const auto kept = sqlite::open(options);
    workload work(*kept);
    for (std::uint64_t done = 0; done < sagas;) {
        auto b = work.next();
        for (int i = 0; i < 512; ++i, ++done) work.start(b, workload::new_id());
        kept->commit(b);
    }
}

double rows_per_s(store& kept) {
    double rows = 0;
    spent listing;
    for (std::uint64_t after = 0;;) {
        saga_page page;
        listing.add(
            [&] { page = kept.list({.among = saga_filter::order::unfinished, .limit = 4'096}, after); });
        rows += static_cast<double>(page.sagas.size());
        after = page.next;
        if (after == 0) return rows / listing.wall;
    }
}

void report_unfinished(const sqlite::store_options& options, std::uint64_t sagas) {
    start_unfinished(options, sagas);
    const auto before = resident_bytes();
    std::shared_ptr<store> kept;
    spent opening;
    opening.add([&] {
        kept = sqlite::open(options);
        kept->claim(0, "bench");
    });
    const auto listed = rows_per_s(*kept);
    (void)run_sagas(*kept, 51'200, 512); // by then its caches and filters are full
    const auto grown = resident_bytes() - before;
    report("store_unfinished", {{"sagas", static_cast<double>(sagas)},
                                {"open_s", opening.wall},
                                {"listed_per_s", listed},
                                {"bytes_per_saga", grown / static_cast<double>(sagas)}});
}

} // namespace

void run_store(session& s) {
    const auto sagas = s.args()["sagas"];
    const auto batch = s.args()["batch"];
    const sqlite::store_options options{.path = (s.folder() / "store.db").string()};
    const auto n = static_cast<double>(sagas);
    {
        const auto kept = sqlite::open(options);
        const auto cost = run_sagas(*kept, sagas, batch);
        const auto per_s = n / (cost.committing.wall + cost.loading.wall);
        report("store", {{"sagas_per_s", per_s},
                         {"reference_per_s", s.reference().sagas_per_s},
                         {"ratio", per_s / s.reference().sagas_per_s},
                         {"commit_cpu_us_per_saga", cost.committing.cpu / n * 1e6},
                         {"load_cpu_us_per_saga", cost.loading.cpu / n * 1e6},
                         {"reference_cpu_us_per_saga", s.reference().cpu_us_per_saga},
                         {"commit_p50_us", lone_commit_p50_us(*kept, 2'000)},
                         {"reference_commit_p50_us", s.reference().commit_p50_us}});
    }
    report_unfinished({.path = (s.folder() / "unfinished.db").string()}, s.args()["unfinished"]);
}

} // namespace bench
