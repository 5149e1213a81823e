// A saga's state is stored, so it has a codec.
// expect: no codec for the saga's state; include <sagaflow/json.hpp>
#include "shop.hpp"

#ifdef CONTROL
template <>
struct sagaflow::codec<undescribed> : empty_codec<undescribed> {};
#endif

const sagaflow::saga<undescribed> shopping = {
    .name = "shopping",
    .version = 1,
    .stages = sagaflow::stages(a_step<undescribed>()),
};
const auto plan = sagaflow::make_plan(shopping);
