#include "client.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace http_test {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

client::client(std::uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (socket_ < 0) fail("socket");
    if (receive_buffer > 0) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
}

client::~client() {
    leave();
}

client::client(client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), read_(std::move(other.read_)) {}

bool client::try_send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void client::send(std::string_view bytes) {
    if (!try_send(bytes)) fail("send");
}

void client::end_sending() {
    ::shutdown(socket_, SHUT_WR);
}

void client::reset() {
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    leave();
}

void client::leave() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

// False at the end.
bool client::fill() {
    std::array<char, 65536> buffer;
    const auto n = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (n < 0) fail("recv");
    read_.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0;
}

std::string client::read_until(std::string_view mark) {
    std::size_t at;
    while ((at = read_.find(mark)) == std::string::npos) {
        if (!fill()) throw std::runtime_error("the server closed before \"" + std::string(mark) + "\" came");
    }
    at += mark.size();
    std::string part = read_.substr(0, at);
    read_.erase(0, at);
    return part;
}

std::string client::read_all() {
    while (fill()) {
    }
    return std::exchange(read_, {});
}

bool client::is_closed_by_server() {
    std::array<char, 1> byte;
    const auto n = ::recv(socket_, byte.data(), byte.size(), 0);
    if (n < 0 && errno != ECONNRESET) fail("recv");
    return n <= 0;
}

reply client::read_reply(bool has_body) {
    reply r;
    const std::string head = read_until("\r\n\r\n");
    if (!head.starts_with("HTTP/1.1 ")) throw std::runtime_error("no HTTP/1.1 reply: " + head);
    r.status = std::stoi(head.substr(9));
    for (auto line = head.find("\r\n") + 2; line < head.size() - 2;) {
        const auto end = head.find("\r\n", line);
        const auto colon = head.find(": ", line);
        std::string name = head.substr(line, colon - line);
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        r.headers[name] = head.substr(colon + 2, end - colon - 2);
        line = end + 2;
    }
    if (!has_body) return r;
    const auto length = r.headers.find("content-length");
    if (length == r.headers.end()) return r;
    const std::size_t size = std::stoul(length->second);
    while (read_.size() < size) {
        if (!fill()) throw std::runtime_error("the server closed in the middle of a body");
    }
    r.body = read_.substr(0, size);
    read_.erase(0, size);
    return r;
}

std::string get(std::string_view path, std::string_view more_headers) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view more_headers) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(more_headers) + "\r\n" + std::string(body);
}

std::string unchunked(std::string_view body) {
    std::string out;
    while (!body.empty()) {
        const auto line = body.find("\r\n");
        const std::size_t size = std::stoul(std::string(body.substr(0, line)), nullptr, 16);
        body.remove_prefix(line + 2);
        out += body.substr(0, size);
        body.remove_prefix(size + 2);
    }
    return out;
}

} // namespace http_test
