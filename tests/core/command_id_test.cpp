#include "core/command_id.hpp"

#include <gtest/gtest.h>

using namespace sagaflow::core;

TEST(command_id, R3_names_saga_birth_step_and_direction) {
    EXPECT_EQ(format({.saga = "signup-ada", .birth = 17, .step = "open-chat"}),
              "signup-ada~17/open-chat/action");
    EXPECT_EQ(format({.saga = "s", .birth = 1, .step = "x", .compensation = true, .number = 3}),
              "s~1/x/compensation/3");
}

TEST(command_id, R3_reads_back_what_it_wrote_also_with_marks_in_the_saga_id) {
    for (const std::string_view saga : {"a", "a/b~9/c/action", "~", "x/2", "2~3"}) {
        for (const std::uint32_t n : {1U, 2U, 11U}) {
            const auto text =
                format({.saga = saga, .birth = 42, .step = "open-chat", .compensation = n == 2, .number = n});
            const auto id = parse_command_id(text);
            ASSERT_TRUE(id) << text;
            EXPECT_EQ(id->saga, saga);
            EXPECT_EQ(id->birth, 42U);
            EXPECT_EQ(id->step, "open-chat");
            EXPECT_EQ(id->compensation, n == 2);
            EXPECT_EQ(id->number, n);
            EXPECT_EQ(common_part(text, *id), std::string(saga) + "~42/open-chat");
        }
    }
}

TEST(command_id, refuses_what_is_not_one) {
    for (const std::string_view text :
         {"", "/", "a/action", "a~1/action", "a~/s/action", "a~x/s/action", "a~01/s/action", "a~0/s/action",
          "~1/s/action", "a~1//action", "a~1/s/act", "a~1/s/action/1", "a~1/s/action/02", "a~1/s/action/",
          "a~99999999999999999999/s/action"})
        EXPECT_FALSE(parse_command_id(text)) << text;
}
