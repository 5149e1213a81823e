// metric: one measured number, to be read by whatever collects them. Names and units follow
// Prometheus' conventions.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sagaflow {

struct metric {
    enum class type : std::uint8_t { counter, gauge };
    std::string name; // "sagaflow_sagas_started_total"
    std::string help; // one line
    type kind = type::gauge;
    std::vector<std::pair<std::string, std::string>> labels; // never an id
    double value = 0;
};

} // namespace sagaflow
