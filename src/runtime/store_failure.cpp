#include "runtime/store_failure.hpp"

#include <sagaflow/store.hpp>

namespace sagaflow::runtime {

store_failure judge(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (const store_error& e) {
        return {e.which() == store_error::kind::transient, {e.code(), e.what()}};
    } catch (const error& e) {
        return {false, {e.code(), e.what()}};
    } catch (const std::exception& e) {
        return {false, {errc::io, e.what()}};
    }
}

} // namespace sagaflow::runtime
