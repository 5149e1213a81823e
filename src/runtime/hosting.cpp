#include "runtime/hosting.hpp"

#include "core/record.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace sagaflow::runtime {

namespace {

std::string named(const plan& definition) {
    return "saga '" + definition.name + "' version " + std::to_string(definition.version);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// The lines that stand in one of them only, or elsewhere.
std::string difference(const std::string& stored, const std::string& hosted) {
    const auto was = lines_of(stored);
    const auto is = lines_of(hosted);
    std::string text;
    for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
        const auto before = i < was.size() ? was[i] : std::string();
        const auto now = i < is.size() ? is[i] : std::string();
        if (before == now) continue;
        const auto place = "\n  line " + std::to_string(i + 1) + ": ";
        text += place + "stored: " + (before.empty() ? "(nothing)" : before);
        text += place + "hosted: " + (now.empty() ? "(nothing)" : now);
    }
    return text;
}

std::optional<saga_row> an_unfinished_one(const plan& definition, store& stored) {
    saga_filter filter;
    filter.among = saga_filter::order::unfinished;
    filter.saga_type = definition.name;
    filter.version = definition.version;
    filter.limit = 1;
    auto page = stored.list(filter, 0);
    if (page.sagas.empty()) return std::nullopt;
    return std::move(page.sagas.front());
}

} // namespace

void check_against_stored(const plan& definition, const ownership& owned, store& stored) {
    const auto known = std::find_if(owned.definitions.begin(), owned.definitions.end(), [&](const auto& d) {
        return d.saga_type == definition.name && d.version == definition.version;
    });
    if (known == owned.definitions.end()) return;
    const auto unfinished = an_unfinished_one(definition, stored);
    if (!unfinished) return;
    const auto now = fingerprint(definition);
    if (known->fingerprint != now)
        throw error(errc::definition_changed,
                    named(definition) + " differs from what its unfinished sagas were started with; give " +
                        "the changed one a new version and host both:" + difference(known->fingerprint, now));
    try {
        definition.decode(core::data_of(*unfinished));
    } catch (const std::exception& e) {
        throw error(errc::invalid_argument, "the stored state of saga '" + unfinished->id +
                                                "' can't be read by " + named(definition) + ": " + e.what() +
                                                "; a member added to a stored state must be optional");
    }
}

} // namespace sagaflow::runtime
