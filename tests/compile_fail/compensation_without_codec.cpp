// A compensation is sent, so it has a codec.
// expect: no codec for this compensation command; include <sagaflow/json.hpp>
#include "shop.hpp"

#ifdef CONTROL
const sagaflow::compensation<order> undo = [](const order&) { return release{}; };
#else
struct drop : undescribed {
    static constexpr std::string_view type = "stock.drop";
    using reply = sagaflow::nothing;
};
const sagaflow::compensation<order> undo = [](const order&) { return drop{}; };
#endif
