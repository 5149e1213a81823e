// Every benchmark, and what each gets. A new one is a function here, a file beside it, and a line
// in main.cpp's table.
#pragma once

#include "arguments.hpp"
#include "reference.hpp"

#include <filesystem>
#include <optional>

namespace bench {

// What benchmarks of one run share: a folder on a real disk, and the machine's own limit, measured
// once.
class session {
  public:
    session(const arguments& args, std::filesystem::path folder, std::optional<reference_figures>& reference)
        : args_(args), folder_(std::move(folder)), reference_(reference) {}

    [[nodiscard]] const arguments& args() const { return args_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const reference_figures& reference() {
        if (!reference_) reference_ = measure_reference(folder_);
        return *reference_;
    }

  private:
    const arguments& args_;
    std::filesystem::path folder_;
    std::optional<reference_figures>& reference_;
};

void run_reference(session& s);
void run_store(session& s);
void run_throughput(session& s);
void run_compensation(session& s);
void run_participants(session& s);
void run_latency(session& s);
void run_recovery(session& s);
void run_memory(session& s);
void run_watchers(session& s);
void run_kafka_throughput(session& s);
void run_kafka_latency(session& s);
void run_amqp_throughput(session& s);
void run_amqp_latency(session& s);

} // namespace bench
