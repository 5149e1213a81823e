#include "base/bus.hpp"

#include <sagaflow/memory.hpp>
#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

namespace signup {

std::shared_ptr<sagaflow::transport> make_bus(const bus_options&,
                                              std::shared_ptr<const sagaflow::wire::envelope>) {
    return sagaflow::memory::make_transport();
}

} // namespace signup
