// Whether this build has the thread sanitizer. Debian's librdkafka starts its threads with C11's thrd_create,
// which clang 14's sanitizer does not know: a program ends at the first of them.
#pragma once

#include <gtest/gtest.h>

namespace sagaflow::testing {

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SAGAFLOW_THREAD_SANITIZER 1
#endif
#endif
#ifdef SAGAFLOW_THREAD_SANITIZER
inline constexpr bool threads_are_sanitized = true;
#else
inline constexpr bool threads_are_sanitized = false;
#endif

} // namespace sagaflow::testing

#define SKIP_LIBRDKAFKA_UNDER_THREAD_SANITIZER()  \
    if (sagaflow::testing::threads_are_sanitized) \
    GTEST_SKIP() << "librdkafka's threads end a program that has this thread sanitizer"
