#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>
#include <sagaflow/testing/inbox_conformance.hpp>

namespace sagaflow::testing {

struct sqlite_inboxes {
    std::shared_ptr<inbox> open() {
        return sqlite::open_inbox({.path = folder.file("chat.db"), .settings = {.durable = false}});
    }
    static constexpr bool survives_reopening = true;
    temp_folder folder;
};

INSTANTIATE_TYPED_TEST_SUITE_P(sqlite, inbox_conformance, sqlite_inboxes);

} // namespace sagaflow::testing
