// May this definition be hosted over what is stored (R15)?
#pragma once

#include <sagaflow/plan.hpp>
#include <sagaflow/store.hpp>

namespace sagaflow::runtime {

// Throws error(definition_changed) that says line by line what differs, while unfinished sagas of that
// version are stored; error(invalid_argument) if the state of one of them can't be decoded.
void check_against_stored(const plan& definition, const ownership& owned, store& stored);

} // namespace sagaflow::runtime
