#include <sagaflow/memory.hpp>
#include <sagaflow/testing/inbox_conformance.hpp>

namespace sagaflow::testing {

struct memory_inboxes {
    std::shared_ptr<inbox> open() { return memory::make_inbox(); }
    static constexpr bool survives_reopening = false;
};

INSTANTIATE_TYPED_TEST_SUITE_P(memory, inbox_conformance, memory_inboxes);

} // namespace sagaflow::testing
