// What can be tried out with chat and customer: done here, or asked of the program that does it.
#pragma once

#include "base/faulty_transport.hpp"

#include <string>

namespace signup {

// Any thread; the calls may wait. They throw a std::exception that says why not.
class demo_service {
  public:
    virtual ~demo_service() = default;
    virtual void put_user(const std::string& user_id) = 0; // one that no sign-up made
    virtual void set_fault(const fault& f) = 0;
};

} // namespace signup
