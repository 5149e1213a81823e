// The limit of this machine: the obvious way to store sagas, with nothing around it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

namespace bench {

struct reference_figures {
    double sagas_per_s;     // best of three
    double commit_p50_us;   // a batch of one transition
    double cpu_us_per_saga; // least of three
};

struct reference_load {
    std::uint64_t sagas = 200'000;
    std::uint64_t batch = 512;     // transitions per commit
    std::uint64_t transitions = 4; // per saga
    std::uint64_t rounds = 3;      // the best one counts
    std::uint64_t commits = 2'000; // of one transition, for commit_p50_us
};

// Batches of one transition, one after the other. Makes its file in `folder`, and removes it.
class lone_commits {
  public:
    explicit lone_commits(const std::filesystem::path& folder, const reference_load& load = {});
    ~lone_commits();

    double commit(); // the microseconds it took

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

// Makes its files in `folder`, and removes them.
[[nodiscard]] reference_figures measure_reference(const std::filesystem::path& folder,
                                                  const reference_load& load = {});

} // namespace bench
