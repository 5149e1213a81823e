#include "user/passwords.hpp"

#include <gtest/gtest.h>

namespace signup {
namespace {

using namespace std::string_literals;

constexpr password_cost cheap{.memory_kib = 64, .passes = 1};

TEST(passwords, verifies_the_password_that_was_hashed_and_no_other) {
    const auto hash = hash_password("analytical engine", cheap);
    EXPECT_TRUE(verify_password("analytical engine", hash));
    EXPECT_FALSE(verify_password("analytical engine ", hash));
    EXPECT_FALSE(verify_password("", hash));
}

TEST(passwords, reads_all_bytes_also_behind_a_zero) {
    const auto hash = hash_password("12345678\0a"s, cheap);
    EXPECT_TRUE(verify_password("12345678\0a"s, hash));
    EXPECT_FALSE(verify_password("12345678\0b"s, hash));
}

TEST(passwords, gives_two_users_of_one_password_different_hashes) {
    EXPECT_NE(hash_password("analytical engine", cheap), hash_password("analytical engine", cheap));
}

TEST(passwords, hashes_by_argon2id_and_keeps_the_cost_in_the_hash) {
    EXPECT_EQ(hash_password("analytical engine", cheap).rfind("$argon2id$v=19$m=64,t=1,p=1$", 0), 0U);
}

TEST(passwords, refuses_what_is_no_hash) {
    EXPECT_ANY_THROW(verify_password("analytical engine", "not a hash"));
}

} // namespace
} // namespace signup
