// A step's name is stored, so it can't be left out.
// expect: step_name
#include <sagaflow/saga.hpp>

#include <string>

struct order {
    std::string id;
};
struct reserve {
    static constexpr std::string_view type = "stock.reserve";
    using reply = sagaflow::nothing;
};

const sagaflow::step<order, reserve> reserve_stock = {
#ifdef CONTROL
    .name = "reserve-stock",
#endif
    .send = [](const order&) { return reserve{}; },
    .compensate = sagaflow::nothing_to_compensate,
};
