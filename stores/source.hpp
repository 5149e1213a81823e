// The name that a store draws when it is made; it is part of every command's key at the participants (R3).
#pragma once

#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

namespace sagaflow {

inline std::string draw_source() {
    std::random_device random;
    std::string source = "urn:sagaflow:";
    for (int word = 0; word < 4; ++word) {
        char hex[9];
        std::snprintf(hex, sizeof hex, "%08x", static_cast<unsigned>(random()));
        source += hex;
    }
    return source;
}

} // namespace sagaflow
