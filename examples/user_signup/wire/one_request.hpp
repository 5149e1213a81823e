// One request for several services: for an envelope in which the commands to all readers of a topic are the
// same bytes, and a reader would take the second for a duplicate.
#pragma once

#include <sagaflow/transport.hpp>
#include <sagaflow/wire.hpp>

#include <memory>

namespace signup {

// Passes everything on to `inner`; commands of one batch that are the same once written go as one.
std::shared_ptr<sagaflow::transport> make_one_request(
    std::shared_ptr<sagaflow::transport> inner, std::shared_ptr<const sagaflow::wire::envelope> written_by);

} // namespace signup
