#include "runtime/pull_feed.hpp"

namespace sagaflow::runtime {

event_ptr pull_feed::take(store& from) {
    std::unique_lock lock(mutex_);
    for (;;) {
        switch (next_action()) {
            case next::deliver:
                return take_one();
            case next::ended:
                return nullptr;
            case next::wait:
                wake_.wait(lock);
                break;
            case next::read:
                lock.unlock();
                read_history(from);
                lock.lock();
                break;
        }
    }
}

std::optional<failure> pull_feed::end_reason() {
    const std::lock_guard lock(mutex_);
    return why_ended();
}

} // namespace sagaflow::runtime
