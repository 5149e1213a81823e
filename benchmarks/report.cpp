#include "report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace bench {

std::string report_line(std::string_view name, const std::vector<figure>& figures) {
    std::string line = "bench name=" + std::string(name);
    for (const auto& [key, value] : figures) {
        std::array<char, 64> text{};
        std::snprintf(text.data(), text.size(), std::abs(value) >= 1000 ? "%.0f" : "%.3f", value);
        line += " " + std::string(key) + "=" + text.data();
    }
    return line;
}

void report(std::string_view name, const std::vector<figure>& figures) {
    std::puts(report_line(name, figures).c_str());
    std::fflush(stdout);
}

double microseconds_since(std::chrono::steady_clock::time_point from) {
    return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - from).count();
}

double percentile(std::vector<double>& samples, double share) {
    if (samples.empty()) return 0;
    std::ranges::sort(samples);
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(samples.size()));
    return samples[std::min(rank, samples.size() - 1)];
}

} // namespace bench
