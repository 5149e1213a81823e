// What a store's exception means.
#pragma once

#include <sagaflow/error.hpp>

#include <exception>

namespace sagaflow::runtime {

struct store_failure {
    bool transient = false; // the same call again, later
    failure why;
};

store_failure judge(const std::exception_ptr& thrown);

} // namespace sagaflow::runtime
