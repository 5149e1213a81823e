// Passwords are kept as argon2id hashes only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace signup {

struct password_cost {
    std::uint32_t memory_kib = 19 * 1024;
    std::uint32_t passes = 2;
};

// The hash with its salt and cost, as one text. Slow on purpose. Throws std::runtime_error when memory is
// short.
std::string hash_password(std::string_view password, const password_cost& cost);

// Whether the password is the one that was hashed. As slow.
bool verify_password(std::string_view password, const std::string& hash);

} // namespace signup
