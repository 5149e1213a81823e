// The user service's HTTP interface: sign-ups, removals, and how far they are.
#pragma once

#include <sagaflow/engine.hpp>
#include <sagaflow/http.hpp>

namespace signup {

class database;
class gate;
class requester;
class worker_pool;

struct user_routes_parts {
    requester& requests;
    database& users;
    sagaflow::engine& engine;
    gate& running;        // the engine is: streams wait for it
    worker_pool& workers; // for what waits for a database
};

// All must outlive the server's run.
void add_user_routes(sagaflow::http::server& server, const user_routes_parts& with,
                     const sagaflow::http::stream_options& stream);

} // namespace signup
