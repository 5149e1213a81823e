// user_signup: serves the user sign-up until SIGINT or SIGTERM.
#include "options.hpp"
#include "program.hpp"

#include <sagaflow/spdlog.hpp>

#include <csignal>
#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include <sys/stat.h>

namespace {

// Blocked before the first thread is made, so that all threads have it so: one place waits for them.
sigset_t block_ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return set;
}

std::string url_of(const std::string& address, std::uint16_t port) {
    const bool is_ipv6 = address.find(':') != std::string::npos;
    return "http://" + (is_ipv6 ? '[' + address + ']' : address) + ':' + std::to_string(port);
}

int serve(const signup::program_options& options) {
    const auto ending = block_ending_signals();
    umask(077);                    // the users' hashes and addresses are for this user only
    std::signal(SIGPIPE, SIG_IGN); // a reader of our output that left
    std::signal(SIGXFSZ, SIG_IGN); // a file that reached its limit is an error like a full disk
    const auto log = std::make_shared<sagaflow::spdlog_sink>(options.log);
    signup::program program(options, log);
    program.start();
    std::cout << "listening on " << url_of(options.http.address, program.port()) << std::endl;
    int signal = 0;
    sigwait(&ending, &signal);
    sagaflow::log(log.get(), sagaflow::log_level::info, "stopping");
    program.stop();
    sagaflow::log(log.get(), sagaflow::log_level::info, "stopped");
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        signup::program_options options;
        auto settings = signup::settings_of(options);
        if (const auto status = settings.start(argc, argv, std::cout, std::cerr)) return *status;
        return serve(options);
    } catch (const std::exception& e) {
        std::cerr << "user_signup: " << e.what() << '\n';
        return 1;
    }
}
