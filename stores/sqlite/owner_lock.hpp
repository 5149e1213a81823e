// Who holds a store: a lock on a file beside it. The kernel drops it with the process, also at a kill -9.
#pragma once

#include <string>

namespace sagaflow::sqlite {

// Throws error(in_use) that says what the holder wrote about itself, error(io) when the file can't be made.
class owner_lock {
  public:
    explicit owner_lock(const std::string& path); // of the store; the lock's file is `<path>-lock`
    ~owner_lock();
    owner_lock(const owner_lock&) = delete;
    owner_lock& operator=(const owner_lock&) = delete;

    void describe(const std::string& engine); // what others are told

  private:
    std::string file_;
    int descriptor_ = -1;
};

} // namespace sagaflow::sqlite
