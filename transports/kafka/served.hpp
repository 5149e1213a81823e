// What the thread "sf-kafka" looks after.
#pragma once

#include <chrono>

namespace sagaflow::kafka {

class served {
  public:
    virtual ~served() = default;
    // Does what there is to do; returns after how long it wants to be asked again at the latest, if nothing
    // wakes the thread before.
    virtual std::chrono::milliseconds serve() = 0;
};

// librdkafka may forget to wake the thread
// (https://github.com/fede1024/rust-rdkafka/issues/665), so everything is looked at so often.
constexpr std::chrono::milliseconds at_the_latest{1000};

} // namespace sagaflow::kafka
