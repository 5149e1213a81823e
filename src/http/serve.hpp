#pragma once

#include "http/router.hpp"

#include <sagaflow/http.hpp>

namespace sagaflow::http {

// Has a request answered by its route's handler, or says why there is none. Does not throw.
void serve(const router& routes, log_sink* log_to, request r, exchange e) noexcept;

} // namespace sagaflow::http
