// A stage is before the point of no return or after it.
// expect: the steps of a stage are all compensatable or all retriable
#include "shop.hpp"

#ifdef CONTROL
const auto all = sagaflow::stages(sagaflow::parallel(a_step(), a_step()),
                                  sagaflow::parallel(a_retriable(), a_retriable()));
#else
const auto all = sagaflow::stages(sagaflow::parallel(a_step(), a_retriable()));
#endif
