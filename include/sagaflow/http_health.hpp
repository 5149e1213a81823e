// The two questions an operator's tools ask: is it alive, and can it take work?
#pragma once

#include <sagaflow/health.hpp>
#include <sagaflow/http.hpp>

#include <functional>

namespace sagaflow::http {

// Adds GET /livez, which always answers 200, and GET /readyz, which answers 200 or a 503 problem that lists
// what is wrong with which part. With 200 "notes" has what parts that are well have to tell. `check` runs on
// the server's thread: it must not block.
void add_health(server& s, std::function<health_report()> check);

} // namespace sagaflow::http
