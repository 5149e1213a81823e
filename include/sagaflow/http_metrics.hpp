// The figures of a service, for whatever collects them: GET /metrics in Prometheus' text format.
#pragma once

#include <sagaflow/http.hpp>
#include <sagaflow/metric.hpp>

#include <functional>
#include <string>
#include <vector>

namespace sagaflow::http {

// The text format 0.0.4: metrics of one name stand together, in the order in which the first of each came.
std::string to_prometheus(const std::vector<metric>& all);

// Adds GET /metrics, which answers what `collect` returns and the server's own figures. `collect` runs on the
// server's thread: it must not block.
void add_metrics(server& s, std::function<std::vector<metric>()> collect);

} // namespace sagaflow::http
