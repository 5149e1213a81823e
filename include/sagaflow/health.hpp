// health: can work be taken on now, and if not, why.
#pragma once

#include <string>
#include <vector>

namespace sagaflow {

struct health_report {
    struct part {
        std::string name; // "store", "transport 0", …
        bool ok = true;
        std::string reason; // for people; with ok, what is to be known nevertheless, or empty
    };
    bool ready = false; // all parts are ok and the engine runs
    std::vector<part> parts;
};

} // namespace sagaflow
