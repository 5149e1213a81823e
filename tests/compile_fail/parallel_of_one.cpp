// One step needs no parallel(…).
// expect: parallel\(\.\.\.\) takes at least two steps
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(a_step());
#else
const auto all = sagaflow::stages(sagaflow::parallel(a_step()));
#endif
