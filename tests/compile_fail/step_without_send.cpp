// A step sends something.
// expect: required_function
#include "shop.hpp"

const sagaflow::step<order, reserve> reserve_stock = {
    .name = "reserve-stock",
#ifdef CONTROL
    .send = [](const order&) { return reserve{}; },
#endif
    .compensate = sagaflow::nothing_to_compensate,
};
