#include "sse_clients.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <new>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {
namespace {

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void allow_descriptors(std::size_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < count) {
        throw std::runtime_error("this benchmark needs " + std::to_string(count) +
                                 " open files: raise the hard limit (ulimit -Hn), or lower --clients");
    }
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// One process's clients. Whatever fails in it ends it, which the server's side sees in board::streaming.
class client_loop {
  public:
    client_loop(board& b, std::size_t first, std::size_t end)
        : board_(b), first_(first), clients_(end - first), poll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    void run() {
        while (board_.port == 0 && !board_.over) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        for (std::size_t i = 0; i < clients_.size() && !board_.over; ++i) {
            connect(i);
            if (i % 16 == 0) read_what_came(0);
        }
        while (!board_.over) read_what_came(100);
    }

  private:
    struct client {
        int socket = -1;
        bool streams = false;
        std::string line; // begun, not ended
    };

    void connect(std::size_t i) {
        client& c = clients_[i];
        c.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(board_.port));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(c.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect");
        const std::string request = "GET /" + sse_clients::saga_of(first_ + i) +
                                    " HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n";
        if (::send(c.socket, request.data(), request.size(), MSG_NOSIGNAL) < 0) fail("send");
        ::fcntl(c.socket, F_SETFL, O_NONBLOCK);
        epoll_event e{};
        e.events = EPOLLIN;
        e.data.u64 = i;
        if (::epoll_ctl(poll_, EPOLL_CTL_ADD, c.socket, &e) != 0) fail("epoll_ctl");
    }

    void read_what_came(int patience_ms) {
        std::array<epoll_event, 256> ready;
        const int count = ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), patience_ms);
        for (int i = 0; i < count; ++i) read(clients_[ready[static_cast<std::size_t>(i)].data.u64]);
    }

    void read(client& c) {
        std::array<char, 16384> buffer;
        const auto n = ::recv(c.socket, buffer.data(), buffer.size(), 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) {
            ++board_.lost;
            ::close(c.socket);
            return;
        }
        const auto at = board::now();
        std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
        for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
            c.line += bytes.substr(0, end);
            bytes.remove_prefix(end + 1);
            if (c.line.starts_with("id: ")) note(c, at);
            c.line.clear();
        }
        c.line += bytes;
    }

    void note(client& c, std::uint64_t at) {
        if (!std::exchange(c.streams, true)) ++board_.streaming;
        std::size_t seq = 0;
        std::from_chars(c.line.data() + 4, c.line.data() + c.line.size(), seq);
        if (seq >= board::most_events) return;
        const std::uint64_t durable = board_.durable_at[seq];
        if (durable == 0 || durable < board_.measured_from || at < durable) return;
        constexpr std::uint64_t wait_unit = 100'000;
        ++board_.waits[std::min<std::size_t>((at - durable) / wait_unit, board::most_waits - 1)];
    }

    board& board_;
    std::size_t first_;
    std::vector<client> clients_;
    int poll_;
};

} // namespace

std::uint64_t board::now() {
    return static_cast<std::uint64_t>(
        std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

std::uint64_t board::measured() const {
    std::uint64_t sum = 0;
    for (const auto& w : waits) sum += w;
    return sum;
}

double board::wait_percentile(double share) const {
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(measured()));
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < waits.size(); ++i) {
        passed += waits[i];
        if (passed > rank) return static_cast<double>(i + 1) / 10;
    }
    return std::nan("");
}

std::string sse_clients::saga_of(std::size_t client) {
    return "signup-" + std::to_string(client);
}

sse_clients::sse_clients(std::size_t processes, std::size_t clients) {
    allow_descriptors(clients + 256);
    void* const memory = ::mmap(nullptr, sizeof(board), PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    board_ = new (memory) board{};
    board_->measured_from = UINT64_MAX;
    const pid_t server = ::getpid();
    for (std::size_t i = 0; i < processes; ++i) {
        const pid_t child = ::fork();
        if (child < 0) fail("fork");
        if (child > 0) {
            processes_.push_back(child);
            continue;
        }
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != server) ::_exit(1);
        try {
            client_loop(*board_, clients * i / processes, clients * (i + 1) / processes).run();
        } catch (const std::exception&) {
            ::_exit(1);
        }
        ::_exit(0);
    }
}

sse_clients::~sse_clients() {
    board_->over = true;
    for (const pid_t p : processes_) ::waitpid(p, nullptr, 0);
    ::munmap(board_, sizeof(board));
}

} // namespace bench
