// A saga's name is stored, so it can't be left out.
// expect: step_name
#include "shop.hpp"

const sagaflow::saga<order> shopping = {
#ifdef CONTROL
    .name = "shopping",
#endif
    .version = 1,
    .stages = sagaflow::stages(a_step()),
};
