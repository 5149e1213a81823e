// A status document is stored and shown, so it has a codec.
// expect: no codec for what .status returns; include <sagaflow/json.hpp>
#include "shop.hpp"

#ifdef CONTROL
const sagaflow::status_function<order> status = [](const sagaflow::view<order>& v) { return v.state(); };
#else
const sagaflow::status_function<order> status = [](const sagaflow::view<order>&) { return undescribed{}; };
#endif
