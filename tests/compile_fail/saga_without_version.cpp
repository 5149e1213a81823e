// A saga's version is stored, so it can't be left out.
// expect: saga_version
#include "shop.hpp"

const sagaflow::saga<order> shopping = {
    .name = "shopping",
#ifdef CONTROL
    .version = 1,
#endif
    .stages = sagaflow::stages(a_step()),
};
