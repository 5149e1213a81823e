// A reply is read, so it has a codec.
// expect: no codec for this command's reply; include <sagaflow/json.hpp>
#include "shop.hpp"

struct count {
    static constexpr std::string_view type = "stock.count";
    using reply = undescribed;
};
template <>
struct sagaflow::codec<count> : empty_codec<count> {};
#ifdef CONTROL
template <>
struct sagaflow::codec<undescribed> : empty_codec<undescribed> {};
#endif

const sagaflow::retriable<order, count> count_stock = {
    .name = "count-stock",
    .send = [](const order&) { return count{}; },
};
const auto all = sagaflow::stages(count_stock);
