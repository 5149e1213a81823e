// Everything that defining, running and serving sagas needs. JSON for your types:
// <sagaflow/json.hpp>.
#pragma once

#include <sagaflow/engine.hpp>
#include <sagaflow/memory.hpp>
#include <sagaflow/participant.hpp>
#include <sagaflow/saga.hpp>
