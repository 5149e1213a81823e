#include "support/temp_folder.hpp"

#include <sagaflow/sqlite.hpp>
#include <sagaflow/testing/store_conformance.hpp>

namespace sagaflow::testing {

struct sqlite_stores {
    std::shared_ptr<store> open() {
        return sqlite::open({.path = folder.file("sagas.db"), .settings = {.durable = false}});
    }
    static constexpr bool survives_reopening = true;
    temp_folder folder;
};

INSTANTIATE_TYPED_TEST_SUITE_P(sqlite, store_conformance, sqlite_stores);

} // namespace sagaflow::testing
