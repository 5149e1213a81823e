#include "testing/simulated_run.hpp"

#include <sagaflow/testing/simulation.hpp>

#include <exception>

namespace sagaflow::testing {

namespace {

// What was broken; empty: nothing.
std::string play(const simulated& what, std::uint64_t seed, const simulated_run::tracer& trace) {
    try {
        simulated_run(what, seed, trace).go();
        return {};
    } catch (const std::exception& e) {
        return e.what();
    }
}

} // namespace

std::string simulation::tell(std::uint64_t seed) const {
    std::string story = "seed " + std::to_string(seed) + "\n";
    const auto fault = play(what_, seed, [&](const std::string& line) { story += "  " + line + "\n"; });
    return story + (fault.empty() ? "every promise held\n" : "a promise is broken: " + fault + "\n");
}

std::string simulation::run(const simulation_options& options) const {
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t n = 0; n < options.runs; ++n) {
        const auto seed = options.first_seed + n;
        const auto fault = play(what_, seed, nullptr);
        if (!fault.empty()) return tell(seed);
        if (std::chrono::steady_clock::now() - begin >= options.at_most) break;
    }
    return {};
}

} // namespace sagaflow::testing
