// A transport over Redis Streams, written with sagaflow's public headers alone: what docs/new_transport.md
// explains, and what you may copy as the start of your own.
#pragma once

#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace redis {

struct options {
    std::string host = "127.0.0.1";
    int port = 6379;
    std::string user = {}; // empty: Redis' default user
    std::string password = {};
    std::chrono::milliseconds timeout = std::chrono::seconds(5); // for a connection and for an answer
    std::chrono::milliseconds lease =
        std::chrono::seconds(10); // how long a consumer that was killed counts as alive
    sagaflow::wire::cloudevents_options envelope = {};
};

// "127.0.0.1:6379". Throws sagaflow::error(invalid_argument).
options at(const std::string& address);

// An address is a stream of that name, a group is a consumer group of it. Messages are as durable as the
// server makes them: `appendonly yes` and `appendfsync always` for accepted messages to survive its crash.
// Threads: sf-redis-pub, and of each group of an address one that reads and one for each handler.
std::shared_ptr<sagaflow::transport> make_transport(options o);

} // namespace redis
