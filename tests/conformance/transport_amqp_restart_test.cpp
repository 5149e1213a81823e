#include "support/own_service.hpp"

#include <sagaflow/amqp.hpp>
#include <sagaflow/testing/transport_conformance.hpp>

namespace sagaflow::testing {

struct restarted_amqp_transports {
    std::shared_ptr<transport> connect() { return amqp::make_transport({.hosts = {broker.address("amqp")}}); }
    void restart_broker() {
        broker.kill9();
        broker.start();
    }
    static constexpr bool connects_again = true;
    static constexpr bool restarts = true;
    static constexpr bool keeps_unclaimed = false;

    own_service broker{"rabbitmq"};
};

INSTANTIATE_TYPED_TEST_SUITE_P(amqp, transport_restart_conformance, restarted_amqp_transports);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(transport_conformance); // transport_amqp_test.cpp
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(transport_life_conformance);

} // namespace sagaflow::testing
