#include "wakeup.hpp"

#include <sagaflow/error.hpp>

#include <cerrno>
#include <cstring>
#include <string>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace sagaflow::kafka {

wakeup::wakeup() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_ < 0) throw error(errc::io, std::string("can't make an eventfd: ") + std::strerror(errno));
}

wakeup::~wakeup() {
    ::close(fd_);
}

void wakeup::wake() noexcept {
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one); // full: it wakes anyway
}

void wakeup::wait(std::chrono::milliseconds at_most) noexcept {
    pollfd readable{fd_, POLLIN, 0};
    ::poll(&readable, 1, static_cast<int>(at_most.count()));
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(fd_, &count, sizeof count);
}

} // namespace sagaflow::kafka
