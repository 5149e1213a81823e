// A log sink over spdlog: component sagaflow::spdlog.
#pragma once

#include <sagaflow/log.hpp>

#include <memory>
#include <string>

namespace sagaflow {

enum class log_format {
    text, // 2026-05-04T09:38:24.017Z warn  the store is away shard=0 error="disk full"
    ecs,  // a line of JSON for Elasticsearch (ECS logging)
};

struct spdlog_options {
    log_level level = log_level::info; // what is less severe is not written
    log_format format = log_format::text;
    std::string file = {};    // appended to, made with its folder; empty: stderr
    std::string service = {}; // `service.name` in ECS; text leaves it out
};

// Writes each message as one line, in UTC, before write() returns: no queue, no thread of its own.
// So a destination that blocks (a full pipe on stderr) blocks whoever logs; a disk that is full
// costs lines, which spdlog reports on stderr, at most once a second.
// The file is opened for appending and may be truncated meanwhile (logrotate's copytruncate).
//
// Whatever bytes come in, a message stays one line of valid UTF-8: control and direction-changing
// characters are escaped, broken UTF-8 is replaced, and what is long is cut (the message at 8 KiB,
// a value at 2 KiB, a name at 64 bytes).
// In ECS a field is written as a label, {"saga_id", …} as `labels.saga_id`; one whose name holds a
// dot is taken for a name of ECS itself ("trace.id"). Of two fields of one name the first is kept.
//
// All functions may be called from any thread, several at once.
class spdlog_sink final : public log_sink {
  public:
    // Throws sagaflow::error when the file can't be opened.
    explicit spdlog_sink(spdlog_options options);
    ~spdlog_sink() override;

    bool enabled(log_level level) const noexcept override;
    void write(log_level level, std::string_view message,
               std::span<const log_field> fields) noexcept override;

    // Takes effect at once, for all threads.
    void set_level(log_level level) noexcept;
    log_level level() const noexcept;

  private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace sagaflow
