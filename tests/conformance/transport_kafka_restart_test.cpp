#include "support/own_service.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_conformance.hpp>

namespace sagaflow::testing {

// Each test has a broker of its own, and kills it.
struct own_kafka_transports {
    std::shared_ptr<transport> connect() {
        return kafka::make_transport({.hosts = {broker.address("kafka")}, .partitions = 3});
    }
    void restart_broker() {
        broker.kill9();
        broker.start();
    }
    static constexpr bool connects_again = true;
    static constexpr bool restarts = true;
    static constexpr bool keeps_unclaimed = true;
    own_service broker{"kafka"};
};

INSTANTIATE_TYPED_TEST_SUITE_P(kafka, transport_restart_conformance, own_kafka_transports);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(transport_conformance);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(transport_life_conformance);

} // namespace sagaflow::testing
