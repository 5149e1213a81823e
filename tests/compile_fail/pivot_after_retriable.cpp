// The first retriable is sent after the point of no return.
// expect: a pivot can't come after a retriable
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(a_pivot(), a_retriable());
#else
const auto all = sagaflow::stages(a_retriable(), a_pivot());
#endif
