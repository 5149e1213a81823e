// What is stored as text must be read back as it was, whatever it holds.
#include "core/json_text.hpp"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace sagaflow::core {
namespace {

std::string written(std::string_view text) {
    std::string out;
    append_string(out, text);
    return out;
}

std::string read_back(const std::string& json) {
    return std::string(boost::json::parse(json).as_string());
}

TEST(json_text, any_text_is_read_back_as_it_was_wherever_it_begins) {
    std::string ascii;
    for (char c = 0; c >= 0 && c < 127; ++c) ascii += c;
    for (const std::string& text : {ascii, std::string("größe € 😀"),
                                    std::string("\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80"),
                                    std::string("\xF4\x8F\xBF\xBF"), std::string(100, '"'), std::string()}) {
        for (std::size_t shift = 0; shift < 9; ++shift) {
            const auto shifted = std::string(shift, 'x') + text + std::string(8 - shift % 8, 'y');
            EXPECT_EQ(read_back(written(shifted)), shifted);
        }
    }
}

TEST(json_text, what_is_not_utf8_becomes_a_replacement_character_and_the_rest_stays) {
    const std::string r = "\xEF\xBF\xBD";
    const std::pair<std::string, std::string> cases[] = {
        {"a\xFFz", "a" + r + "z"},
        {"\x80", r},
        {"\xC3", r},
        {"\xC0\xAF", r + r},         // overlong
        {"\xE0\x80\x80", r + r + r}, // overlong
        {"\xED\xA0\x80", r + r + r}, // a surrogate
        {"\xF4\x90\x80\x80", r + r + r + r},
        {"\xE2\x82", r + r}, // cut off
        {"\xE2\x82\"\xFE", r + r + "\"" + r},
    };
    for (const auto& [text, expected] : cases)
        for (std::size_t shift = 0; shift < 9; ++shift)
            EXPECT_EQ(read_back(written(std::string(shift, 'x') + text)), std::string(shift, 'x') + expected);
}

TEST(json_text, is_short_where_json_has_a_short_form) {
    EXPECT_EQ(written("\"\\\b\f\n\r\t\x01\x1F\x7F/"), R"("\"\\\b\f\n\r\t\u0001\u001f)"
                                                      "\x7F/\"");
}

} // namespace
} // namespace sagaflow::core
