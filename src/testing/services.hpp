// The simulated participants: one database, with the real barrier in front of it, and a book of what took
// effect.
#pragma once

#include "testing/dice.hpp"

#include <sagaflow/inbox.hpp>
#include <sagaflow/testing/simulation.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace sagaflow::testing {

class services {
  public:
    // retention: of the inbox, whose older rows are removed now and then.
    services(const simulated& what, dice& d, duration retention);

    // Handles a command; none: it was lost on the way, or nothing was stored. `calm`: nothing goes wrong any
    // more.
    std::optional<message> handle(const message& command, time_point now, bool calm);

    // The answer that was given to a command; null: none.
    const inbox_answer* answered(const std::string& command_id) const;

    // The step's action took effect and is not undone. `command`: "<saga>~<birth>/<step>".
    bool is_effective(const std::string& command) const;
    bool ever_took_effect(const std::string& command) const;

  private:
    struct effects {
        int acted = 0;
        int undone = 0;
    };
    inbox_answer serve(const message& command, bool calm, effects& would_be);
    bool wants_to_reject(const message& command, bool calm);
    void note_answer(const message& command, const inbox_answer& answer);

    const simulated& what_;
    dice& dice_;
    const duration retention_;
    time_point now_{};
    std::shared_ptr<inbox> inbox_;
    std::map<std::string, effects, std::less<>> effects_;
    std::map<std::string, inbox_answer, std::less<>> answers_;
};

} // namespace sagaflow::testing
