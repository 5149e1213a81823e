#include "saga/status.hpp"

namespace signup {

std::string user_status(std::string_view verb, sagaflow::saga_state state) {
    using enum sagaflow::saga_state;
    std::string text(verb);
    if (state == completed) text += "_COMPLETE";
    if (state == compensated || state == abandoned) text += "_FAIL";
    return text;
}

std::string service_status(sagaflow::step_state state) {
    using enum sagaflow::step_state;
    switch (state) {
        case done:
            return "SUCCESS";
        case rejected:
        case skipped: // by an operator: the service was not brought in line
        case compensation_failed:
            return "FAIL";
        case compensated:
            return "ROLLED_BACK";
        case waiting:
        case sent:
        case in_doubt:
        case compensating:
            break;
    }
    return "PENDING";
}

bool tells_reason(sagaflow::saga_state state) {
    using enum sagaflow::saga_state;
    return state == compensating || state == compensated || state == abandoned;
}

} // namespace signup
