// sagaflow_simulate [--seed N] [--runs N] [--minutes M]: runs seeds over the test definitions; prints the
// first that breaks a promise, with its story. --tell N: the story of a seed in any case.
#include "trips.hpp"

#include <cstdlib>
#include <cstring>
#include <iostream>

int main(int argc, char** argv) {
    sagaflow::testing::simulation_options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const auto n = std::strtoull(argv[i + 1], nullptr, 10);
        if (std::strcmp(argv[i], "--seed") == 0) {
            options.first_seed = n;
            options.runs = 1;
        } else if (std::strcmp(argv[i], "--tell") == 0) {
            std::cout << trips::simulated(trips::whole()).tell(n)
                      << trips::simulated(trips::undoable()).tell(n);
            return 0;
        } else if (std::strcmp(argv[i], "--runs") == 0) {
            options.runs = n;
        } else if (std::strcmp(argv[i], "--minutes") == 0) {
            options.at_most = std::chrono::minutes(n);
            options.runs = ~0ULL;
        } else {
            std::cerr << "usage: sagaflow_simulate [--seed N] [--runs N] [--minutes M] | --tell N\n";
            return 2;
        }
    }
    options.at_most /= 2; // one half for each
    for (const auto& definition : {trips::whole(), trips::undoable()}) {
        const auto fault = trips::simulated(definition).run(options);
        if (fault.empty()) continue;
        std::cout << fault;
        return 1;
    }
    std::cout << "every promise held\n";
}
