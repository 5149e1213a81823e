// The bug in this build of the sign-up's core: what waits for an answer is not sent again after a crash.
#include "core/planted.hpp"

namespace sagaflow::core {

bug planted_bug = bug::lost_outbox_after_crash;

} // namespace sagaflow::core
