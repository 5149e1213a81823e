// Past the point of no return nothing is undone.
// expect: after the pivot: past the point of no return nothing is undone
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(a_step(), a_pivot());
#else
const auto all = sagaflow::stages(a_pivot(), a_step());
#endif
