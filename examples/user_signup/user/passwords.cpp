#include "user/passwords.hpp"

#include <array>
#include <stdexcept>

#include <argon2.h>
#include <sys/random.h>

namespace signup {

namespace {

constexpr std::uint32_t lanes = 1;
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t hash_bytes = 32;

[[noreturn]] void fail(int code) {
    throw std::runtime_error(std::string("a password can't be hashed: ") + argon2_error_message(code));
}

} // namespace

std::string hash_password(std::string_view password, const password_cost& cost) {
    std::array<unsigned char, salt_bytes> salt{};
    if (getrandom(salt.data(), salt.size(), 0) != static_cast<ssize_t>(salt.size())) {
        throw std::runtime_error("a password can't be hashed: the system gives no random bytes");
    }
    std::string text(
        argon2_encodedlen(cost.passes, cost.memory_kib, lanes, salt_bytes, hash_bytes, Argon2_id), '\0');
    const int code =
        argon2id_hash_encoded(cost.passes, cost.memory_kib, lanes, password.data(), password.size(),
                              salt.data(), salt.size(), hash_bytes, text.data(), text.size());
    if (code != ARGON2_OK) fail(code);
    text.resize(text.find('\0'));
    return text;
}

bool verify_password(std::string_view password, const std::string& hash) {
    const int code = argon2id_verify(hash.c_str(), password.data(), password.size());
    if (code != ARGON2_OK && code != ARGON2_VERIFY_MISMATCH) fail(code);
    return code == ARGON2_OK;
}

} // namespace signup
