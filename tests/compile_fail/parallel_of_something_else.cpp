// Only steps stand side by side.
// expect: parallel\(\.\.\.\) takes steps
#include "shop.hpp"

#ifdef CONTROL
const auto side_by_side = sagaflow::parallel(a_step(), a_step());
#else
const auto side_by_side = sagaflow::parallel(a_step(), reserve{});
#endif
