// One log message as one line, in each format.
#pragma once

#include <sagaflow/log.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace sagaflow::log_text {

struct entry {
    std::chrono::system_clock::time_point at;
    log_level level;
    std::string_view message;
    std::span<const log_field> fields;
};

std::string text_line(const entry& entry);

// `service` may be empty: then there is no `service.name`.
std::string ecs_line(const entry& entry, std::string_view service);

} // namespace sagaflow::log_text
