#include "broker.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace bench {

namespace {

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be made");
    return ends;
}

} // namespace

child::child(const std::vector<std::string>& command) {
    const auto in = make_pipe();
    const auto out = make_pipe();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    std::vector<char*> words;
    for (const auto& w : command) words.push_back(const_cast<char*>(w.c_str()));
    words.push_back(nullptr);
    const int failed = ::posix_spawnp(&pid_, words[0], &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
    if (failed != 0) throw std::runtime_error(command[0] + " can't be started");
}

child::~child() {
    ::close(input_);
    ::waitpid(pid_, nullptr, 0);
    ::close(output_);
}

std::vector<std::string> child::read_until(const std::string& last) {
    std::vector<std::string> lines;
    for (;;) {
        for (auto end = buffer_.find('\n'); end != buffer_.npos; end = buffer_.find('\n')) {
            lines.push_back(buffer_.substr(0, end));
            buffer_.erase(0, end + 1);
            if (lines.back() == last) return lines;
        }
        std::array<char, 4096> bytes{};
        const auto n = ::read(output_, bytes.data(), bytes.size());
        if (n == 0) throw std::runtime_error("a process that the benchmark needs has ended");
        if (n < 0 && errno != EINTR)
            throw std::runtime_error("a process of the benchmark can't be read from");
        if (n > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(n));
    }
}

broker::broker(const std::string& kind, const std::filesystem::path& folder)
    : process_({BENCH_SERVICES, "up", kind, "--foreground", "--data", folder.string()}) {
    const std::string key = kind == "rabbitmq" ? "amqp" : kind;
    for (const auto& line : process_.read_until("ready"))
        if (line.starts_with(key + " ")) address_ = line.substr(key.size() + 1);
    if (address_.empty()) throw std::runtime_error("./services up " + kind + " did not say where it is");
}

} // namespace bench
