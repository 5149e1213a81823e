// The addresses of the server that the tests of a program share.
#pragma once

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sagaflow::testing {

/// One of the addresses of the server that this program's tests share, as `./services up` prints them:
/// "kafka" is "127.0.0.1:…". Throws std::runtime_error when the test was given no server (SERVICE of
/// sagaflow_test) or it has no such address.
inline std::string service_address(std::string_view name) {
    const char* const path = std::getenv("SAGAFLOW_SERVICE");
    if (path == nullptr) throw std::runtime_error{"SAGAFLOW_SERVICE is not set: run this test by ctest"};
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == ' ') {
            return line.substr(name.size() + 1);
        }
    }
    throw std::runtime_error{"no address " + std::string{name} + " in " + path + ": does its server run?"};
}

} // namespace sagaflow::testing
