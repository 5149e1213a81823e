// stranger.py from a test.
#pragma once

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace sagaflow::testing {

// What it prints, without the last line's end. Throws std::runtime_error when it fails.
inline std::string stranger(const std::string& broker, const std::vector<std::string>& words) {
    std::string command = "/usr/bin/python3 -B '" STRANGER "' " + broker;
    for (const auto& w : words) command += " '" + w + "'";
    std::FILE* const out = ::popen((command + " 2>&1 </dev/null").c_str(), "r");
    if (out == nullptr) throw std::runtime_error{"no process for " + command};
    std::string printed;
    std::array<char, 4096> piece{};
    while (std::fgets(piece.data(), static_cast<int>(piece.size()), out) != nullptr) printed += piece.data();
    if (::pclose(out) != 0) throw std::runtime_error{command + ": " + printed};
    if (!printed.empty()) printed.pop_back();
    return printed;
}

} // namespace sagaflow::testing
