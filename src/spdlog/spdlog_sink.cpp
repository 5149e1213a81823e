#include "spdlog/line.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/spdlog.hpp>

#include <chrono>
#include <memory>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace sagaflow {
namespace {

::spdlog::level::level_enum to_spdlog(log_level level) noexcept {
    switch (level) {
        case log_level::debug:
            return ::spdlog::level::debug;
        case log_level::info:
            return ::spdlog::level::info;
        case log_level::warn:
            return ::spdlog::level::warn;
        case log_level::error:
            return ::spdlog::level::err;
    }
    return ::spdlog::level::err;
}

log_level from_spdlog(::spdlog::level::level_enum level) noexcept {
    if (level <= ::spdlog::level::debug) return log_level::debug;
    if (level == ::spdlog::level::info) return log_level::info;
    if (level == ::spdlog::level::warn) return log_level::warn;
    return log_level::error;
}

::spdlog::sink_ptr open_destination(const std::string& file) {
    if (file.empty()) return std::make_shared<::spdlog::sinks::stderr_sink_mt>();
    try {
        return std::make_shared<::spdlog::sinks::basic_file_sink_mt>(file);
    } catch (const ::spdlog::spdlog_ex& failure) {
        throw error(errc::io, "the log file can't be opened: " + std::string(failure.what()) +
                                  "; check that its folder exists and may be written to");
    }
}

} // namespace

struct spdlog_sink::state {
    explicit state(spdlog_options chosen)
        : options(std::move(chosen)), logger("sagaflow", open_destination(options.file)) {
        logger.set_level(to_spdlog(options.level));
        logger.set_pattern("%v");
        logger.flush_on(::spdlog::level::trace); // a crash right after a message must not eat it
    }
    spdlog_options options;
    ::spdlog::logger logger;
};

spdlog_sink::spdlog_sink(spdlog_options options) : state_(std::make_unique<state>(std::move(options))) {}

spdlog_sink::~spdlog_sink() = default;

bool spdlog_sink::enabled(log_level level) const noexcept {
    return state_->logger.should_log(to_spdlog(level));
}

void spdlog_sink::write(log_level level, std::string_view message,
                        std::span<const log_field> fields) noexcept {
    if (!enabled(level)) return;
    try {
        const log_text::entry entry{std::chrono::system_clock::now(), level, message, fields};
        const std::string line = state_->options.format == log_format::ecs
                                     ? log_text::ecs_line(entry, state_->options.service)
                                     : log_text::text_line(entry);
        state_->logger.log(to_spdlog(level), ::spdlog::string_view_t(line.data(), line.size()));
    } catch (...) {
        // Out of memory for the line: a log must not bring down what it reports on.
    }
}

void spdlog_sink::set_level(log_level level) noexcept {
    state_->logger.set_level(to_spdlog(level));
}

log_level spdlog_sink::level() const noexcept {
    return from_spdlog(state_->logger.level());
}

} // namespace sagaflow
