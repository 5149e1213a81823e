// A transport that can be made slow or deaf: for trying out what a service's trouble does to others.
#pragma once

#include <sagaflow/transport.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

namespace signup {

struct fault {
    std::chrono::milliseconds delay{0}; // before each batch of deliveries is handed on
    bool deaf = false;                  // deliveries are given back unheard; the transport brings them again
};

// What is wrong now. Any thread; a change is felt at once, also by deliveries that wait.
class fault_switch {
  public:
    void set(const fault& f);

    // Sits out the delay. False: the service is deaf.
    bool let_through(const std::stop_token& stop);

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    fault now_;
};

// Passes everything on to `inner`; what it consumes goes through the switch.
std::shared_ptr<sagaflow::transport> make_faulty(std::shared_ptr<sagaflow::transport> inner,
                                                 std::shared_ptr<fault_switch> faults);

} // namespace signup
