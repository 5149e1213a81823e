// One saga, driven event by event, as a transcript says.
#pragma once

#include "core/machine.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::testing {

class player {
  public:
    player(std::shared_ptr<const plan> definition, std::string input, core::machine_options options = {});

    // What goes out for what comes in; "nothing" if that is so. Throws error(invalid_argument) if the event
    // can't be read, std::logic_error if the machine breaks one of its promises.
    std::string play(std::string_view event);

    const core::saga_record& record() const noexcept { return record_; }
    const plan& definition() const noexcept { return *plan_; }
    time_point now() const noexcept { return now_; }
    const saga_row& stored() const noexcept { return stored_; }

  private:
    struct command {
        std::size_t step = 0;
        bool compensation = false;
        std::uint32_t number = 1;
    };
    command read_command(const std::string& text) const;
    std::string name_of(std::size_t step, bool compensation) const;
    std::string begin();
    std::string reply(const command& to, reply_outcome outcome, std::string body);
    std::string operate(core::verb what, std::string_view arguments);
    std::string wait(duration span);
    std::string transport(std::string_view condition);
    std::string restart();
    std::string take(core::transition t);
    std::string told(const event& e);
    std::string sent(const core::send_order& order);
    void check_promises(const core::transition& t);

    std::shared_ptr<const plan> plan_;
    std::string input_;
    core::machine_options options_;
    core::machine machine_;
    core::saga_record record_;
    saga_row stored_;                           // as of the last transition
    std::string seen_;                          // the record as it was after the last event
    std::map<std::string, std::string> bodies_; // by command
    std::vector<core::send_order> unaccepted_;
    bool transport_up_ = true;
    bool over_ = false;
    time_point now_{std::chrono::hours(24 * 365 * 60)};
};

} // namespace sagaflow::testing
