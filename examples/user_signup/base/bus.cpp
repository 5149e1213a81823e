#include "base/bus.hpp"

#include <sagaflow/memory.hpp>
#include <sagaflow/transport.hpp>

namespace signup {

std::shared_ptr<sagaflow::transport> make_bus(const bus_options&) {
    return sagaflow::memory::make_transport();
}

} // namespace signup
