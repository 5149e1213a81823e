// A server that ctest started for the tests of this program.
#include "support/service_address.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using sagaflow::testing::service_address;

TEST(shared_service, answers_at_the_address_that_the_test_was_given) {
    const std::string address = service_address("redis");
    const std::string port = address.substr(address.rfind(':') + 1);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(::connect(s, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0) << address;
    ASSERT_EQ(::send(s, "PING\r\n", 6, 0), 6);
    std::string answer(7, '\0');
    EXPECT_EQ(::recv(s, answer.data(), answer.size(), MSG_WAITALL), 7);
    EXPECT_EQ(answer, "+PONG\r\n");
    ::close(s);
}

TEST(shared_service, an_address_that_it_does_not_have_is_an_error_that_names_it) {
    try {
        service_address("redi");
        FAIL() << "found";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string_view{error.what()}.find("no address redi in"), std::string_view::npos);
    }
}

} // namespace
