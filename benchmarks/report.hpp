// What a benchmark prints: one line, `bench name=… key=value …`, plain numbers.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct figure {
    std::string_view key;
    double value;
};

// Large figures come out whole, small ones with three decimals; never with an exponent.
[[nodiscard]] std::string report_line(std::string_view name, const std::vector<figure>& figures);
void report(std::string_view name, const std::vector<figure>& figures);

[[nodiscard]] double microseconds_since(std::chrono::steady_clock::time_point from);

// The value below which `share` (0 to 1) of the samples lie. Sorts them.
[[nodiscard]] double percentile(std::vector<double>& samples, double share);

} // namespace bench
