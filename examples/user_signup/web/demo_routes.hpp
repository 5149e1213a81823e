// For trying things out: puts users in the way, and makes services slow or deaf.
#pragma once

#include <sagaflow/http.hpp>

namespace signup {

class demo_service;
class worker_pool;

struct demo_routes_parts {
    demo_service* chat;     // null: not here
    demo_service* customer; // likewise
    worker_pool& workers;   // for what waits
};

// All must outlive the server's run.
void add_demo_routes(sagaflow::http::server& server, const demo_routes_parts& with);

} // namespace signup
