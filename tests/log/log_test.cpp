#include <sagaflow/log.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using sagaflow::log_level;

class recorder final : public sagaflow::log_sink {
  public:
    bool enabled(log_level level) const noexcept override { return level >= log_level::warn; }
    void write(log_level level, std::string_view message,
               std::span<const sagaflow::log_field> fields) noexcept override {
        std::string line = std::string(to_string(level)) + " " + std::string(message);
        for (const auto& [key, value] : fields) {
            line += " " + std::string(key) + "=" + std::string(value);
        }
        lines.push_back(line);
    }
    std::vector<std::string> lines;
};

TEST(Log, does_nothing_without_a_sink) {
    sagaflow::log(nullptr, log_level::error, "nobody hears this", {{"saga_id", "ada"}});
}

TEST(Log, passes_message_and_fields_to_the_sink) {
    recorder sink;
    sagaflow::log(&sink, log_level::warn, "slow", {{"saga_id", "ada"}, {"step", "open-chat"}});
    sagaflow::log(&sink, log_level::error, "gone");
    EXPECT_EQ(sink.lines, (std::vector<std::string>{"warn slow saga_id=ada step=open-chat", "error gone"}));
}

TEST(Log, does_not_write_a_level_that_the_sink_does_not_want) {
    recorder sink;
    sagaflow::log(&sink, log_level::info, "chatter");
    EXPECT_TRUE(sink.lines.empty());
}

} // namespace
