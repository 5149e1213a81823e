// A thread with a name that tools show.
#pragma once

#include <thread>
#include <utility>

#include <pthread.h>

namespace sagaflow::runtime {

template <class F>
std::thread named_thread(const char* name, F work) {
    return std::thread([name, work = std::move(work)]() mutable {
        pthread_setname_np(pthread_self(), name);
        work();
    });
}

} // namespace sagaflow::runtime
