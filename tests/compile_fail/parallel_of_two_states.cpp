// A saga has one state, also within a stage.
// expect: all steps of a saga share one state type
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(sagaflow::parallel(a_step<order>(), a_step<order>()));
#else
const auto all = sagaflow::stages(sagaflow::parallel(a_step<order>(), a_step<other_order>()));
#endif
