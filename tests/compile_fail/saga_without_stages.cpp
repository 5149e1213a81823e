// A saga does something.
// expect: stage_list<order>
#include "shop.hpp"

const sagaflow::saga<order> shopping = {
    .name = "shopping",
    .version = 1,
#ifdef CONTROL
    .stages = sagaflow::stages(a_step()),
#endif
};
