// A SQLite VFS over the default one whose disk fails on command: in the middle of a write, at an fsync, or
// when full.
#pragma once

#include <atomic>

namespace sagaflow::testing {

// One per program, registered by the first use as "sagaflow-faulty".
struct faulty_disk {
    // How many more writes succeed; -1: all. The one that fails writes half and reports `write_error`.
    std::atomic<int> writes_left = -1;
    std::atomic<int> write_error = 0;
    std::atomic<bool> fsync_fails = false;
    std::atomic<int> writes = 0; // made so far

    void heal() {
        writes_left = -1;
        fsync_fails = false;
    }
};

faulty_disk& disk();
const char* faulty_vfs(); // its name

} // namespace sagaflow::testing
