#include "support/service_address.hpp"

#include <sagaflow/kafka.hpp>
#include <sagaflow/testing/transport_conformance.hpp>

namespace sagaflow::testing {

struct kafka_transports {
    std::shared_ptr<transport> connect() {
        return kafka::make_transport({.hosts = {service_address("kafka")}, .partitions = 3});
    }
    static constexpr bool connects_again = true;
    static constexpr bool restarts = false; // it is shared
    static constexpr bool keeps_unclaimed = true;
    static constexpr std::size_t body_limit = 1'000'000;
};

INSTANTIATE_TYPED_TEST_SUITE_P(kafka, transport_conformance, kafka_transports);
INSTANTIATE_TYPED_TEST_SUITE_P(kafka, transport_life_conformance, kafka_transports);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(transport_restart_conformance);

} // namespace sagaflow::testing
