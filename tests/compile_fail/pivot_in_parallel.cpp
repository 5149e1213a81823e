// While a pivot is undecided nothing else is outstanding.
// expect: a pivot stands alone in its stage
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(sagaflow::parallel(a_step(), a_step()), a_pivot());
#else
const auto all = sagaflow::stages(sagaflow::parallel(a_step(), a_pivot()));
#endif
