// "There is nothing to compensate" is said, not left out.
// expect: compensation<order>
#include "shop.hpp"

const sagaflow::step<order, reserve> reserve_stock = {
    .name = "reserve-stock",
    .send = [](const order&) { return reserve{}; },
#ifdef CONTROL
    .compensate = sagaflow::nothing_to_compensate,
#endif
};
