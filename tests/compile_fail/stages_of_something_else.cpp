// A stage is a step or several side by side.
// expect: stages\(\.\.\.\) takes steps, pivots, retriables and parallel\(\.\.\.\) of them
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(a_step());
#else
const auto all = sagaflow::stages(a_step(), reserve{});
#endif
