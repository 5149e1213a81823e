#include "support/amqp_broker.hpp"

#include <sagaflow/testing/transport_conformance.hpp>

namespace sagaflow::testing {

struct amqp_transports {
    static amqp::transport_options options() {
        auto o = amqp_options();
        o.message_bytes = body_limit;
        return o;
    }
    std::shared_ptr<transport> connect() { return amqp::make_transport(options()); }
    static constexpr bool connects_again = true;
    static constexpr bool restarts = false;
    static constexpr bool keeps_unclaimed = false;
    static constexpr std::size_t body_limit = 1 << 20;
};

INSTANTIATE_TYPED_TEST_SUITE_P(amqp, transport_conformance, amqp_transports);
INSTANTIATE_TYPED_TEST_SUITE_P(amqp, transport_life_conformance, amqp_transports);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(
    transport_restart_conformance); // transport_amqp_restart_test.cpp

} // namespace sagaflow::testing
