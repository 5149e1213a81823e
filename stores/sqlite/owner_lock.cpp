#include "owner_lock.hpp"

#include <sagaflow/error.hpp>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace sagaflow::sqlite {

namespace {

std::string process_name() {
    std::string name;
    std::getline(std::ifstream("/proc/self/comm"), name);
    return name.empty() ? "unknown" : name;
}

std::string content_of(int descriptor) {
    std::array<char, 512> buffer{};
    const auto n = ::pread(descriptor, buffer.data(), buffer.size(), 0);
    std::string text(buffer.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text.empty() ? "a process that has not said its name" : text;
}

// An open-file-description lock: unlike the older kind it also keeps out a second opener in this process.
bool try_lock(int descriptor) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(descriptor, F_OFD_SETLK, &whole) == 0;
}

} // namespace

owner_lock::owner_lock(const std::string& path) : file_(path + "-lock") {
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0)
        throw error(errc::io, "can't make '" + file_ + "': " + std::generic_category().message(errno) +
                                  "; the folder must exist and be writable for this user");
    if (!try_lock(descriptor_)) {
        const auto holder = content_of(descriptor_);
        ::close(descriptor_);
        throw error(errc::in_use, "'" + path + "' is held by " + holder +
                                      "; stop that process, or give this engine a file of its own");
    }
    describe({});
}

owner_lock::~owner_lock() {
    ::close(descriptor_);
}

void owner_lock::describe(const std::string& engine) {
    std::string text = "process " + std::to_string(::getpid()) + " (" + process_name() + ")";
    if (!engine.empty()) text += ", engine '" + engine + "'";
    text += "\n";
    // Only messages are made of it: a failure to write it changes nothing.
    if (::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, text.data(), text.size(), 0) < 0) return;
}

} // namespace sagaflow::sqlite
