// customer_service: takes commands from the broker. Any number of times.
#include "programs/copy_program.hpp"
#include "programs/run.hpp"

int main(int argc, char** argv) {
    return signup::run(
        argc, argv, signup::role::customer, [](const auto& options, const auto& bus, const auto& log) {
            return std::make_unique<signup::copy_program>(options, signup::role::customer, bus, log);
        });
}
