#include <sagaflow/plan.hpp>

namespace sagaflow {

namespace {

std::string node(std::size_t i) {
    return "s" + std::to_string(i);
}

// A pivot is a hexagon, a retriable a stadium, a step a rectangle.
std::string shape(const step_plan& s) {
    const auto text = "\"" + s.name + "<br/>" + s.command_type + "\"";
    switch (s.kind) {
        case step_kind::pivot:
            return "{{" + text + "}}";
        case step_kind::retriable:
            return "([" + text + "])";
        case step_kind::compensatable:
            break;
    }
    return "[" + text + "]";
}

} // namespace

std::string to_mermaid(const plan& definition) {
    std::string out = "flowchart LR\n  begin((" + definition.name + "))\n";
    const auto& steps = definition.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        out += "  " + node(i) + shape(steps[i]) + "\n";
        if (!steps[i].compensation_type.empty())
            out += "  " + node(i) + " -. undo .-> u" + std::to_string(i) + "[/\"" +
                   steps[i].compensation_type + "\"/]\n";
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].stage == 0) out += "  begin --> " + node(i) + "\n";
        for (std::size_t j = 0; j < i; ++j)
            if (steps[j].stage + 1 == steps[i].stage) out += "  " + node(j) + " --> " + node(i) + "\n";
        if (steps[i].stage + 1 == definition.stage_count())
            out += "  " + node(i) + " --> finish(((completed)))\n";
    }
    return out;
}

} // namespace sagaflow
