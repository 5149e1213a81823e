#include "support/temp_folder.hpp"

#include <sagaflow/error.hpp>
#include <sagaflow/spdlog.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace {

namespace json = boost::json;
using sagaflow::log;
using sagaflow::log_format;
using sagaflow::log_level;
using sagaflow::spdlog_sink;

class SpdlogSink : public testing::Test {
  protected:
    std::vector<std::string> lines() const {
        std::ifstream in(file);
        std::vector<std::string> read;
        for (std::string line; std::getline(in, line);) read.push_back(line);
        return read;
    }
    // The members of the only line, an object of strings.
    std::map<std::string, std::string> only_object() const {
        const auto all = lines();
        EXPECT_EQ(all.size(), 1U);
        std::map<std::string, std::string> members;
        const json::value line = json::parse(all.at(0));
        for (const auto& [name, value] : line.as_object()) {
            members.emplace(name, value.as_string());
        }
        return members;
    }
    // The only line without its time.
    std::string only_text() const {
        const auto all = lines();
        EXPECT_EQ(all.size(), 1U);
        EXPECT_TRUE(std::regex_search(all.at(0), std::regex(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z )")));
        return all.at(0).substr(all.at(0).find(' ') + 1);
    }

    const sagaflow::testing::temp_folder folder;
    std::filesystem::path file = folder.path() / "logs" / "service.log";
};

TEST_F(SpdlogSink, text_is_one_readable_line_with_its_fields) {
    spdlog_sink sink({.file = file});
    log(&sink, log_level::warn, R"(the step "open-chat" is slow)",
        {{"saga_id", "signup-ada"}, {"reason", "no answer"}, {"empty", ""}});
    EXPECT_EQ(only_text(),
              R"(warn  the step "open-chat" is slow saga_id=signup-ada reason="no answer" empty="")");
}

TEST_F(SpdlogSink, ecs_begins_with_the_four_fields_that_ecs_logging_asks_for) {
    spdlog_sink sink({.format = log_format::ecs, .file = file, .service = "user"});
    log(&sink, log_level::info, "started", {{"saga_id", "ada"}, {"trace.id", "4bf9"}});
    const auto line = lines().at(0);
    EXPECT_TRUE(std::regex_match(
        line, std::regex(R"(\{"@timestamp":"[0-9T:.-]{23}Z","log\.level":"info",)"
                         R"("message":"started","ecs\.version":"1\.6\.0",)"
                         R"("service\.name":"user","labels\.saga_id":"ada","trace\.id":"4bf9"\})")))
        << line;
}

TEST_F(SpdlogSink, ecs_fields_can_neither_replace_its_own_nor_come_twice) {
    spdlog_sink sink({.format = log_format::ecs, .file = file});
    log(&sink, log_level::info, "m", {{"log.level", "x"}, {"message", "y"}, {"a", "first"}, {"a", "second"}});
    const auto object = only_object();
    EXPECT_EQ(object.at("log.level"), "info");
    EXPECT_EQ(object.at("message"), "m");
    EXPECT_EQ(object.at("labels.log_level"), "x");
    EXPECT_EQ(object.at("labels.message"), "y");
    EXPECT_EQ(object.at("labels.a"), "first");
    EXPECT_EQ(object.size(), 7U);
}

TEST_F(SpdlogSink, control_characters_cannot_forge_a_line_in_either_format) {
    const std::string evil = "a\r\n2026-01-01T00:00:00.000Z error forged\x1b[2J\x7f\xc2\x85";
    {
        spdlog_sink sink({.file = file});
        log(&sink, log_level::info, evil, {{"key\nwith break", evil}});
    }
    const std::string shown = R"(a\r\n2026-01-01T00:00:00.000Z error forged\u001b[2J\u007f\u0085)";
    EXPECT_EQ(only_text(), "info  " + shown + " key_with_break=\"" + shown + "\"");
    std::filesystem::remove(file);
    {
        spdlog_sink sink({.format = log_format::ecs, .file = file});
        log(&sink, log_level::info, evil, {{"id", evil}});
    }
    EXPECT_EQ(only_object().at("labels.id"), evil);
}

TEST_F(SpdlogSink, text_that_reverses_the_direction_of_writing_is_shown_escaped) {
    spdlog_sink sink({.file = file});
    log(&sink, log_level::info,
        "\xe2\x80\xae"
        "abc\xe2\x80\xa8");
    EXPECT_EQ(only_text(), R"(info  \u202eabc\u2028)");
}

TEST_F(SpdlogSink, broken_utf8_is_replaced_and_the_rest_kept) {
    spdlog_sink sink({.format = log_format::ecs, .file = file});
    log(&sink, log_level::info, "ok \xc3\xa4 \xff \xc3( \xed\xa0\x80 \xf0\x9f\x98\x80 \xe2\x82");
    const std::string r = "\xef\xbf\xbd";
    EXPECT_EQ(only_object().at("message"),
              "ok \xc3\xa4 " + r + " " + r + "( " + r + r + r + " \xf0\x9f\x98\x80 " + r + r);
}

TEST_F(SpdlogSink, quotes_and_backslashes_survive_both_formats) {
    spdlog_sink sink({.format = log_format::ecs, .file = file});
    log(&sink, log_level::info, R"(say "hi" \n)", {{"path", R"(C:\temp "x")"}});
    EXPECT_EQ(only_object().at("message"), R"(say "hi" \n)");
    EXPECT_EQ(only_object().at("labels.path"), R"(C:\temp "x")");
}

TEST_F(SpdlogSink, what_is_too_long_is_cut) {
    spdlog_sink sink({.format = log_format::ecs, .file = file});
    const std::string huge(100'000, 'x');
    log(&sink, log_level::info, huge, {{"id", huge}, {huge, "v"}});
    const auto object = only_object();
    EXPECT_EQ(object.at("message").size(), 8 * 1024U + 3);
    EXPECT_EQ(object.at("labels.id").size(), 2 * 1024U + 3);
    EXPECT_TRUE(object.contains("labels." + std::string(64, 'x')));
}

TEST_F(SpdlogSink, writes_only_its_level_and_above_and_the_level_can_change_meanwhile) {
    spdlog_sink sink({.level = log_level::warn, .file = file});
    EXPECT_FALSE(sink.enabled(log_level::info));
    sink.write(log_level::info, "dropped", {});
    sink.write(log_level::error, "kept", {});
    sink.set_level(log_level::debug);
    EXPECT_EQ(sink.level(), log_level::debug);
    EXPECT_TRUE(sink.enabled(log_level::debug));
    sink.write(log_level::debug, "kept too", {});
    ASSERT_EQ(lines().size(), 2U);
    EXPECT_NE(lines()[0].find("error kept"), std::string::npos);
    EXPECT_NE(lines()[1].find("debug kept too"), std::string::npos);
}

TEST_F(SpdlogSink, appends_to_a_file_that_is_there) {
    for (int run = 0; run < 2; ++run) {
        spdlog_sink sink({.file = file});
        sink.write(log_level::info, "started", {});
    }
    EXPECT_EQ(lines().size(), 2U);
}

TEST_F(SpdlogSink, lines_of_several_threads_do_not_mix) {
    spdlog_sink sink({.format = log_format::ecs, .file = file});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i) log(&sink, log_level::info, "m", {{"n", "1"}});
        });
    }
    for (auto& thread : threads) thread.join();
    const auto all = lines();
    EXPECT_EQ(all.size(), 400U);
    for (const auto& line : all) EXPECT_NO_THROW(json::parse(line)) << line;
}

TEST_F(SpdlogSink, writes_to_stderr_without_a_file) {
    testing::internal::CaptureStderr();
    {
        spdlog_sink sink({});
        sink.write(log_level::info, "to stderr", {});
    }
    EXPECT_NE(testing::internal::GetCapturedStderr().find("info  to stderr\n"), std::string::npos);
}

TEST_F(SpdlogSink, a_file_that_cannot_be_opened_is_said_at_once_by_name) {
    try {
        spdlog_sink sink({.file = folder.path()}); // a folder is no file
        FAIL() << "opened a folder";
    } catch (const sagaflow::error& failure) {
        EXPECT_NE(std::string(failure.what()).find(folder.path().string()), std::string::npos);
    }
}

} // namespace
