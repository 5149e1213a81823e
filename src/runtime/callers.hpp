// Who waits for an answer: by token, at most so many at a time.
#pragma once

#include "core/effects.hpp"
#include "runtime/callback_loop.hpp"

#include <sagaflow/engine.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace sagaflow::runtime {

using start_handler = std::function<void(result<started>)>;

// A thread that waits. It lives on that thread's stack.
class waiting_call {
  public:
    void answer(core::answer_value&& value);
    core::answer_value wait();
    // None: not in time.
    std::optional<core::answer_value> wait_until(std::chrono::steady_clock::time_point deadline);

  private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<core::answer_value> value_;
};

class callers {
  public:
    callers(std::size_t bound, callback_loop& callbacks) : bound_(bound), callbacks_(callbacks) {}

    // None: there are too many, and `done` is untouched.
    std::optional<core::token> add(waiting_call& call);
    std::optional<core::token> add(start_handler& done);

    // Takes the caller out, with its handler if it has one. None: somebody else did, and answers it.
    std::optional<start_handler> remove(core::token caller);

    // Wakes the waiting, has the others called. Tokens that are no longer in the table are skipped.
    void answer(std::vector<core::answer>&& answers);
    // Everyone who is waiting now.
    void fail_all(const failure& why);

    // Waiting, or with an answer that its callback has not run yet.
    std::size_t size() const noexcept { return count_.load(); }

  private:
    struct entry {
        waiting_call* call = nullptr;
        start_handler done;
        std::uint32_t generation = 1; // tells a token from an older one of the same place
        bool used = false;
    };
    struct outcome {
        waiting_call* call = nullptr;
        start_handler done;
        core::answer_value value;
    };

    std::optional<core::token> add(waiting_call* call, start_handler* done);
    entry* find(core::token caller);
    void release(entry& e, std::size_t index);
    void deliver(std::vector<outcome>&& outcomes);

    const std::size_t bound_;
    callback_loop& callbacks_;
    std::atomic<std::size_t> count_ = 0;
    std::mutex mutex_;
    std::vector<entry> entries_;
    std::vector<std::uint32_t> free_;
};

// The answer as what the caller of a start, a verb or an explanation expects.
result<started> as_started(core::answer_value&& value);
result<void> as_done(core::answer_value&& value);
result<explanation> as_explanation(core::answer_value&& value);

} // namespace sagaflow::runtime
