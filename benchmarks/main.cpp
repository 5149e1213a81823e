// sagaflow_bench [--dir FOLDER] [NAME [--option value]…]: runs one benchmark, or all with their
// defaults.
#include "benchmarks.hpp"
#include "over_broker.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct benchmark {
    std::string_view name;
    std::string_view what;
    std::vector<bench::option> options;
    void (*run)(bench::session&);
};

const std::vector<benchmark>& benchmarks() {
    static const std::vector<benchmark> table = {
        {"reference", "the machine's own limit: a bare loop over SQLite", {}, bench::run_reference},
        {"store",
         "the SQLite store alone: commits, loads, a million unfinished sagas",
         {{"sagas", 200'000}, {"batch", 512}, {"unfinished", 1'000'000}},
         bench::run_store},
        {"throughput",
         "sagas of three steps, many in flight",
         {{"sagas", 200'000}, {"concurrency", 512}},
         bench::run_throughput},
        {"compensation",
         "the third step rejects, two are undone",
         {{"sagas", 100'000}, {"concurrency", 512}},
         bench::run_compensation},
        {"participants",
         "each participant with an inbox and a row of its own",
         {{"sagas", 100'000}, {"concurrency", 512}},
         bench::run_participants},
        {"latency", "one saga at a time", {{"sagas", 3'000}}, bench::run_latency},
        {"recovery",
         "unfinished sagas after a kill",
         {{"sagas", 1'000'000}, {"hot", 100'000}},
         bench::run_recovery},
        {"memory", "what an unfinished saga costs", {{"sagas", 1'000'000}}, bench::run_memory},
        {"watchers",
         "clients that follow a saga each, over HTTP",
         {{"clients", 10'000}, {"seconds", 10}, {"processes", 2}},
         bench::run_watchers},
        {"kafka_throughput",
         "sagas over Kafka, the participants in another process",
         {{"sagas", 30'000}, {"concurrency", 1'000}, {"rounds", 5}},
         bench::run_kafka_throughput},
        {"kafka_latency",
         "one saga at a time over Kafka",
         {{"sagas", 1'000}, {"rounds", 10}},
         bench::run_kafka_latency},
        {"amqp_throughput",
         "sagas over RabbitMQ, the participants in another process",
         {{"sagas", 10'000}, {"concurrency", 1'000}, {"rounds", 9}},
         bench::run_amqp_throughput},
        {"amqp_latency",
         "one saga at a time over RabbitMQ",
         {{"sagas", 1'000}, {"rounds", 10}},
         bench::run_amqp_latency},
    };
    return table;
}

// A folder of our own, removed at the end. Not under /tmp: that is often kept in memory, where
// fsync costs nothing.
class working_folder {
  public:
    explicit working_folder(const std::filesystem::path& parent) {
        std::filesystem::create_directories(parent);
        auto name = (parent / "bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("can't make a folder in " + parent.string());
        path_ = name;
    }
    working_folder(const working_folder&) = delete;
    working_folder& operator=(const working_folder&) = delete;
    ~working_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

int list() {
    for (const auto& b : benchmarks()) {
        std::printf("%-17.*s %.*s", static_cast<int>(b.name.size()), b.name.data(),
                    static_cast<int>(b.what.size()), b.what.data());
        for (const auto& o : b.options)
            std::printf(" [--%.*s %llu]", static_cast<int>(o.name.size()), o.name.data(),
                        static_cast<unsigned long long>(o.value));
        std::puts("");
    }
    return 0;
}

int run(std::vector<std::string_view> words) {
    std::filesystem::path parent = "build/bench-data";
    if (words.size() >= 2 && words[0] == "--dir") {
        parent = words[1];
        words.erase(words.begin(), words.begin() + 2);
    }
    if (!words.empty() && words[0] == "--list") return list();
    if (words.size() == 4 && words[0] == "--other-process")
        return bench::run_other_process(words[1], words[2], std::string(words[3]));
    const std::string_view wanted = words.empty() ? "" : words[0];
    const auto options = std::span{words}.subspan(words.empty() ? 0 : 1);
    bool found = false;
    std::optional<bench::reference_figures> reference;
    for (const auto& b : benchmarks()) {
        if (!wanted.empty() && wanted != b.name) continue;
        found = true;
        const bench::arguments args{b.options, options};
        const working_folder folder{parent};
        bench::session session{args, folder.path(), reference};
        b.run(session);
    }
    if (!found)
        throw std::invalid_argument("no benchmark \"" + std::string(wanted) + "\"; --list shows them");
    return 0;
}

} // namespace

int main(int argc, char** argv) try { return run({argv + 1, argv + argc}); } catch (const std::exception& e) {
    std::fprintf(stderr, "sagaflow_bench: %s\n", e.what());
    return 1;
}
