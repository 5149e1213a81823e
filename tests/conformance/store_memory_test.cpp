#include <sagaflow/memory.hpp>
#include <sagaflow/testing/store_conformance.hpp>

namespace sagaflow::testing {

struct memory_stores {
    std::shared_ptr<store> open() { return memory::make_store(); }
    static constexpr bool survives_reopening = false;
};

INSTANTIATE_TYPED_TEST_SUITE_P(memory, store_conformance, memory_stores);

} // namespace sagaflow::testing
