// What find, list and explain tell.
#pragma once

#include <sagaflow/saga_state.hpp>
#include <sagaflow/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sagaflow {

struct step_report {
    std::string name;
    step_state state = step_state::waiting;
    std::string reason; // of a rejection or of a failed compensation
    int attempt = 0;    // of the command that is out; 0: none is
};

struct saga_report {
    std::string id;
    std::uint64_t birth = 0;
    std::string saga_type;
    int version = 1;
    saga_state state = saga_state::running;
    std::string reason; // why it compensates, is suspended or was abandoned
    time_point started{};
    std::optional<time_point> finished;
    std::uint64_t last_event = 0;
    std::vector<step_report> steps; // empty in listings
    std::string data;               // the saga's state as JSON; empty in listings
    std::string status;             // the newest status document; empty in listings
};

struct list_filter {
    std::optional<saga_state> state = {};
    std::optional<std::string> saga_type = {};
    bool unfinished_only = false;
    std::size_t limit = 100; // at most 1000
};

struct saga_listing {
    std::vector<saga_report> sagas;
    std::uint64_t next = 0; // pass as `after`; 0: there are no more
};

// One command that an answer is waited for.
struct outstanding_command {
    std::string step;
    bool compensation = false;
    std::string command_id;
    std::string address;
    int attempt = 1;
    int attempts_allowed = 1; // sagaflow::unlimited: no end
    time_point first_sent{};
    bool accepted = false; // the transport has taken this attempt
    std::optional<time_point>
        next_due; // when it is sent again or given up; none while it is not accepted or suspended
};

struct explanation {
    saga_report saga;
    std::vector<outstanding_command> waiting_for;
    std::optional<time_point> saga_due;         // the saga's own timeout
    std::vector<std::string> cancel_would_undo; // steps that a cancel now would compensate, newest first
    std::vector<std::string> cannot_be_undone;  // steps that took effect for good
    std::vector<std::string> not_undone;        // compensations that failed or were skipped
    std::vector<std::string> verbs;             // what an operator can do now
    std::string text;                           // all of it in words
};

} // namespace sagaflow
