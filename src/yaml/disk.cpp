#include "yaml/disk.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace sagaflow::config {
namespace {

std::string reason() {
    return "can't be read: " + std::generic_category().message(errno);
}

} // namespace

file_content read_whole_file(const std::string& path, std::size_t largest) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
    if (!file) return {{}, reason()};
    file_content result;
    std::array<char, 16 * 1024> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        result.text.append(buffer.data(), count);
        if (result.text.size() > largest)
            return {{}, "is larger than " + std::to_string(largest / 1024) + " KiB"};
    }
    if (std::ferror(file.get()) != 0) return {{}, reason()};
    return result;
}

} // namespace sagaflow::config
