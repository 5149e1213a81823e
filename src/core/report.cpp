#include "core/report.hpp"

namespace sagaflow::core {

namespace {

std::vector<step_report> steps_of(const plan& definition, const saga_record& r) {
    std::vector<step_report> steps;
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        const auto& s = r.steps[i];
        const bool out = s.state == step_state::sent || s.state == step_state::compensating;
        steps.push_back({definition.steps[i].name, s.state, s.reason ? *s.reason : std::string(),
                         out && s.out ? s.out->attempt : 0});
    }
    return steps;
}

} // namespace

saga_report report_of(const saga_row& row, bool with_details) {
    saga_report out;
    out.id = row.id;
    out.birth = row.birth;
    out.saga_type = row.saga_type;
    out.version = row.version;
    out.state = row.state;
    out.started = row.started;
    out.finished = row.finished;
    out.last_event = row.last_event;
    if (!with_details) return out;
    const auto definition = placeholder_plan(row);
    const auto r = decode(definition, row, time_point(duration::zero()));
    out.reason = reason_of(r);
    out.steps = steps_of(definition, r);
    out.data = r.data;
    out.status = r.status;
    return out;
}

} // namespace sagaflow::core
