// A promise that was not kept.
#pragma once

#include <stdexcept>
#include <string>

namespace sagaflow::testing {

class broken : public std::logic_error {
  public:
    using std::logic_error::logic_error;
};

inline void promise(bool kept, const char* what, const std::string& about = {}) {
    if (!kept) throw broken(std::string(what) + (about.empty() ? "" : ": ") + about);
}

} // namespace sagaflow::testing
