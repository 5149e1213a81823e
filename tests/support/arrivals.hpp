// Messages that may come more than once.
#pragma once

#include <sagaflow/testing/transport_script.hpp>

#include <cstddef>
#include <set>
#include <string>

namespace sagaflow::testing {

// The ids of what came, when that are at least so many.
inline std::set<std::string> wait_for_different(const receiver& r, std::size_t count) {
    std::set<std::string> ids;
    for (std::size_t seen = 0; ids.size() < count;) {
        const auto came = r.wait_for(seen + 1);
        for (; seen < came.size(); ++seen) ids.insert(came[seen].content.id);
    }
    return ids;
}

} // namespace sagaflow::testing
