// Sending the first retriable is the point of no return.
// expect: after a retriable: sending the first retriable is the point of no return
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(a_step(), a_retriable());
#else
const auto all = sagaflow::stages(a_retriable(), a_step());
#endif
