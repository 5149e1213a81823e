// A server that belongs to one test, which may kill it. SAGAFLOW_SERVICES is the path of ./services.
#pragma once

#include "support/temp_folder.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sagaflow::testing {

/// Runs from the constructor to the destructor, and ends with the process however that ends.
class own_service {
  public:
    explicit own_service(std::string kind) : kind_(std::move(kind)) {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
            throw std::runtime_error{"no pipe"};
        posix_spawn_file_actions_t actions{};
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        std::array<std::string, 6> words = {SAGAFLOW_SERVICES, "up",     kind_,
                                            "--foreground",    "--data", folder_.path().string()};
        std::array<char*, 7> arguments{};
        for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
        const int failed =
            ::posix_spawn(&pid_, SAGAFLOW_SERVICES, &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(in[0]);
        ::close(out[1]);
        if (failed != 0) throw std::runtime_error{"can't run " SAGAFLOW_SERVICES};
        input_ = in[1];
        output_ = ::fdopen(out[0], "r");
        std::string line;
        while (read_line(line) && line != "ready") lines_ += line + "\n";
        if (line != "ready") throw std::runtime_error{kind_ + " did not start"};
    }
    ~own_service() {
        ::close(input_);
        ::waitpid(pid_, nullptr, 0);
        std::fclose(output_);
    }
    own_service(const own_service&) = delete;
    own_service& operator=(const own_service&) = delete;

    /// As `./services up` prints it.
    std::string address(const std::string& name) const {
        const auto at = ("\n" + lines_).find("\n" + name + " ");
        if (at == std::string::npos) throw std::runtime_error{"no address " + name + " of " + kind_};
        const auto from = at + name.size() + 1;
        return lines_.substr(from, lines_.find('\n', from) - from);
    }
    /// One node of several by its name, as in "kafka3-2"; else all there is.
    void kill9(const std::string& node = {}) { run("kill9", node); }
    /// The same port, the same data.
    void start(const std::string& node = {}) { run(node.empty() ? "up" : "restart", node); }
    void pause() { run("pause"); }
    void resume() { run("continue"); }
    void rabbitmqctl(const std::string& arguments) { call("rabbitmqctl", arguments); }

  private:
    void run(const std::string& verb, const std::string& node = {}) {
        call(verb, node.empty() ? kind_ : node);
    }
    void call(const std::string& verb, const std::string& arguments) {
        const std::string line = "'" SAGAFLOW_SERVICES "' " + verb + " --data '" + folder_.path().string() +
                                 "' " + arguments + " >/dev/null </dev/null";
        if (std::system(line.c_str()) != 0) throw std::runtime_error{"failed: " + line};
    }
    bool read_line(std::string& line) {
        line.clear();
        for (int c = std::fgetc(output_); c != EOF; c = std::fgetc(output_)) {
            if (c == '\n') return true;
            line += static_cast<char>(c);
        }
        return false;
    }

    temp_folder folder_;
    std::string kind_;
    pid_t pid_ = 0;
    int input_ = -1;
    std::FILE* output_ = nullptr;
    std::string lines_;
};

} // namespace sagaflow::testing
