#include "wakeup.hpp"

#include <sagaflow/error.hpp>

#include <cerrno>
#include <cstring>
#include <string>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace sagaflow::transports {

wakeup::wakeup() : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (descriptor_ < 0)
        throw error(errc::io, std::string("can't make an eventfd: ") + std::strerror(errno) +
                                  "; raise the limit of open files");
}

wakeup::~wakeup() {
    ::close(descriptor_);
}

void wakeup::wake() noexcept {
    if (woken_.exchange(true)) return;
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one); // full: it wakes anyway
}

void wakeup::wait(std::chrono::milliseconds at_most) noexcept {
    pollfd readable{descriptor_, POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(at_most.count()));
    drain();
}

void wakeup::drain() noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(descriptor_, &count, sizeof count);
    woken_ = false;
}

} // namespace sagaflow::transports
