// Sagas whose version is not hosted: suspended, their replies kept raw, until it is (R15).
#include "core/machine_work.hpp"

#include <utility>

namespace sagaflow::core {

plan placeholder_plan(const saga_row& row) {
    plan p;
    p.name = row.saga_type;
    p.version = row.version;
    for (auto& name : step_names_of(row)) {
        step_plan s;
        s.name = std::move(name);
        s.timeout = s.compensation_timeout = duration::max() / 4;
        p.steps.push_back(std::move(s));
    }
    return p;
}

transition suspend_not_hosted(saga_record& r, std::string reason, time_point now) {
    const plan none;
    const machine_options options;
    machine_work w(none, options, r, now);
    if (is_finished(r) || suspended(r)) return {};
    w.suspend(suspension::not_hosted, std::move(reason));
    return w.finish();
}

transition keep_reply(saga_record& r, const std::string& step, bool compensation, std::uint32_t number,
                      reply_outcome outcome, std::string body) {
    transition t;
    t.late = is_finished(r);
    if (t.late) return t;
    t.happened = true;
    for (auto& k : r.kept) {
        if (k.step != step || k.compensation != compensation || k.number != number) continue;
        if (k.outcome != reply_outcome::unknown || outcome == reply_outcome::unknown) return {};
        k.outcome = outcome; // now it can be said
        k.body = std::move(body);
        return t;
    }
    r.kept.push_back({step, compensation, number, outcome, std::move(body)});
    return t;
}

} // namespace sagaflow::core
