#include "programs/run.hpp"

#include "programs/bus_of.hpp"
#include "programs/folder.hpp"

#include <sagaflow/spdlog.hpp>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <utility>

#include <pthread.h>
#include <sys/stat.h>

namespace signup {

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

const std::string& address_of(const program_options& o, role of) {
    if (of == role::chat) return o.chat.http.address;
    return of == role::customer ? o.customer.http.address : o.http.address;
}

// Waits for the end on a thread of its own, "signup-signals", while the program may still be starting.
class signal_waiter {
  public:
    // `give_up` is called if the end comes while the program starts.
    signal_waiter(const sigset_t& ending, std::function<void()> give_up)
        : give_up_(std::move(give_up)), thread_([this, ending] {
              pthread_setname_np(pthread_self(), "signup-signals");
              int signal = 0;
              sigwait(&ending, &signal);
              if (now_.exchange(stage::ending) == stage::starting) give_up_();
          }) {}
    ~signal_waiter() {
        if (thread_.joinable()) end();
    }
    signal_waiter(const signal_waiter&) = delete;
    signal_waiter& operator=(const signal_waiter&) = delete;

    // What it throws is of no interest when the end has come.
    template <class Start>
    void while_starting(Start start) {
        try {
            start();
        } catch (const std::exception&) {
            if (now_ != stage::ending) throw;
        }
        auto expected = stage::starting;
        now_.compare_exchange_strong(expected, stage::serving);
    }

    void wait() { thread_.join(); }

  private:
    enum class stage : std::uint8_t { starting, serving, ending };

    void end() {
        now_ = stage::ending;
        pthread_kill(thread_.native_handle(), SIGTERM);
        thread_.join();
    }

    std::function<void()> give_up_;
    std::atomic<stage> now_ = stage::starting;
    std::thread thread_; // last: it uses the others
};

int serve(const program_options& options, role of, const program_maker& make) {
    const auto ending = block_ending_signals();
    umask(077);                    // the users' hashes and addresses are for this user only
    std::signal(SIGPIPE, SIG_IGN); // a reader of our output that left
    std::signal(SIGXFSZ, SIG_IGN); // a file that reached its limit is an error like a full disk
    const auto log = std::make_shared<sagaflow::spdlog_sink>(options.log);
    prepare_folder(options);
    const auto bus = bus_of(options, of, log);
    const auto program = make(options, bus, log);
    program->listen();
    std::cout << "listening on " << url_of(address_of(options, of), program->port()) << std::endl;
    signal_waiter ended(ending, [&] { bus->close(); });
    ended.while_starting([&] { program->start(); });
    ended.wait();
    sagaflow::log(log.get(), sagaflow::log_level::info, "stopping");
    program->stop();
    bus->close();
    sagaflow::log(log.get(), sagaflow::log_level::info, "stopped");
    return 0;
}

} // namespace

int run(int argc, char** argv, role of, const program_maker& make) {
    program_options options;
    try {
        auto settings = settings_of(options, of);
        if (const auto status = settings.start(argc, argv, std::cout, std::cerr)) return *status;
        return serve(options, of, make);
    } catch (const std::exception& e) {
        std::cerr << program_name(of) << ": " << e.what() << '\n';
        return 1;
    }
}

} // namespace signup
