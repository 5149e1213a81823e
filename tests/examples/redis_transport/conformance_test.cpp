// The transport of examples/3_redis_transport against a real Redis.
#include "redis_transport.hpp"
#include "support/own_service.hpp"
#include "support/service_address.hpp"

#include <sagaflow/testing/transport_conformance.hpp>

namespace sagaflow::testing {

// [conformance]
struct redis_transports { // one Redis for all
    std::shared_ptr<transport> connect() {
        return redis::make_transport(redis::at(service_address("redis")));
    }
    static constexpr bool connects_again = true;
    static constexpr bool keeps_unclaimed = true;
    static constexpr std::size_t body_limit = 1024 * 1024;
};
struct restarted_redis_transports { // one Redis for each test
    std::shared_ptr<transport> connect() { return redis::make_transport(redis::at(server.address("redis"))); }
    void restart_broker() {
        server.kill9();
        server.start();
    }
    static constexpr bool restarts = true;
    own_service server{"redis"};
};

INSTANTIATE_TYPED_TEST_SUITE_P(redis, transport_conformance, redis_transports);
INSTANTIATE_TYPED_TEST_SUITE_P(redis, transport_life_conformance, redis_transports);
INSTANTIATE_TYPED_TEST_SUITE_P(redis, transport_restart_conformance, restarted_redis_transports);
// [/conformance]

} // namespace sagaflow::testing
