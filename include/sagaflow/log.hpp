// Where the library says what happens. There is no global logger: a component that can log takes a
// `log_sink*` in its options, and a null pointer means that it does not log.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

namespace sagaflow {

enum class log_level { debug, info, warn, error };

constexpr std::string_view to_string(log_level level) noexcept {
    switch (level) {
        case log_level::debug:
            return "debug";
        case log_level::info:
            return "info";
        case log_level::warn:
            return "warn";
        case log_level::error:
            return "error";
    }
    return "unknown";
}

// A fact that belongs to a message, by name: {"saga_id", "signup-ada"}.
struct log_field {
    std::string_view key;
    std::string_view value;
};

// Implemented by an adapter (sagaflow::spdlog) or by the program itself. It must outlive every
// component that was given it.
//
// Every function is called from any thread, from several at once. None may block for long (a shard
// or a connection waits meanwhile), throw, or call back into the component that logs.
// The library never passes secrets, payloads or the state of a saga. Ids and reasons do come from
// outside and hold any bytes: a sink escapes what its format needs escaped.
class log_sink {
  public:
    virtual ~log_sink() = default;

    // Whether a message of this level would be written at all. Cheap: asked before each message.
    virtual bool enabled(log_level) const noexcept { return true; }

    // The views are valid only during the call.
    virtual void write(log_level level, std::string_view message,
                       std::span<const log_field> fields) noexcept = 0;
};

// Writes to `sink` if there is one and it wants this level:
//     log(options.log, log_level::warn, "the store is away", {{"shard", "0"}, {"error", what}});
inline void log(log_sink* sink, log_level level, std::string_view message,
                std::initializer_list<log_field> fields = {}) noexcept {
    if (sink != nullptr && sink->enabled(level)) {
        sink->write(level, message, {fields.begin(), fields.size()});
    }
}

} // namespace sagaflow
