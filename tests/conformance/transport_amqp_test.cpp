#include "support/amqp_broker.hpp"

#include <sagaflow/testing/transport_conformance.hpp>

namespace sagaflow::testing {

struct amqp_transports {
    std::shared_ptr<transport> connect() { return amqp::make_transport(amqp_options()); }
    static constexpr bool connects_again = true;
    static constexpr bool restarts = false; // it is shared; tests/amqp restarts one of its own
    static constexpr bool keeps_unclaimed = false;
};

INSTANTIATE_TYPED_TEST_SUITE_P(amqp, transport_conformance, amqp_transports);

} // namespace sagaflow::testing
