// For trying things out: puts users in the way, and makes services slow or deaf.
#pragma once

#include <sagaflow/http.hpp>

namespace signup {

class database;
class fault_switch;
class worker_pool;

struct demo_service {
    database& users;
    fault_switch& faults;
};

struct demo_routes_parts {
    demo_service chat;
    demo_service customer;
    worker_pool& workers; // for what waits for a database
};

// All must outlive the server's run.
void add_demo_routes(sagaflow::http::server& server, const demo_routes_parts& with);

} // namespace signup
