// starter: starts the sagas of stored requests, and sees each start through to the point where it is known
// what became of it.
#pragma once

#include "user/refusal.hpp"
#include "user/requests.hpp"

#include <sagaflow/engine.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace signup {

class database;
class gate;

// Nothing: the saga is durable.
using start_handler = std::function<void(const std::optional<refusal>&)>;

// Any thread.
class starter {
  public:
    // Nothing is started before the engine is `running`. `wake` asks for a tick() soon, on a thread that may
    // wait.
    starter(database& users, sagaflow::engine& engine, gate& running, std::function<void()> wake);

    // Starts the saga of a stored request; several asking at once share one start. `done` is called once, on
    // any thread. May wait for the database.
    void start(const request& stored, start_handler done);

    // Takes back requests that were refused, tries again those of which nothing is known, and tells callers
    // who have waited for too long.
    void tick();

  private:
    using clock = std::chrono::steady_clock;
    struct waiter {
        start_handler done;
        clock::time_point since;
    };
    struct attempt {
        request what;
        std::vector<waiter> waiters;
        std::optional<sagaflow::failure> failed;
    };

    void attempt_start(const request& r);
    bool still_stored(const request& r);
    void submit(const request& r);
    void settled(const std::string& id, const sagaflow::result<sagaflow::started>& outcome);
    void finish(const std::string& id, const std::optional<refusal>& outcome);
    void see_to(const request& r, const sagaflow::failure& why);
    std::vector<waiter> tired_waiters();

    database& users_;
    sagaflow::engine& engine_;
    gate& running_;
    std::function<void()> wake_;
    std::mutex mutex_;
    std::map<std::string, attempt> attempts_; // by saga id
    clock::time_point running_since_;         // nobody has waited for longer
};

} // namespace signup
