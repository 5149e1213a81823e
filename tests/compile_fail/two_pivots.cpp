// There is one point of no return.
// expect: a saga has at most one pivot
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(a_step(), a_pivot(), a_retriable());
#else
const auto all = sagaflow::stages(a_step(), a_pivot(), a_pivot());
#endif
