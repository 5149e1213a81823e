// What goes wrong, as one enumeration and one exception type.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace sagaflow {

enum class errc {
    invalid_argument,   // an id, option, definition or payload that breaks a stated rule; the message
                        // names it
    id_conflict,        // the saga id is taken by a start with another input (R1)
    not_found,          // no such saga (it was never started, or it was purged)
    wrong_state,        // the verb does not fit the saga's state; the message says which state it is in
    past_pivot,         // the point of no return has been passed (R12)
    overloaded,         // a bound is reached; nothing was taken on: try again later (R20)
    unavailable,        // the store can't take work now; nothing was taken on: try again later
    outcome_unknown,    // the deadline passed before the answer: ask again with the same id
    too_large,          // a payload over the configured limit
    definition_changed, // a hosted definition differs from the stored one under sagas in flight
                        // (R15)
    fenced,             // another engine owns this shard now (F1)
    in_use,             // a file, port or address is held by somebody else; the message names it (F2)
    corrupt,            // stored data can't be read; the message says where and what to do
    newer_version,      // stored by a newer sagaflow than this one
    stopped,            // the engine is not running
    io,                 // the operating system refused; the message carries its reason
};

// The field's name of a code, as in "id_conflict". Stable: made for logs and HTTP problems.
const char* to_string(errc code) noexcept;

// The root of everything the library throws: constructors and configuration throw it; running calls
// return result<T>.
class error : public std::runtime_error {
  public:
    error(errc code, const std::string& message) : std::runtime_error(message), code_(code) {}
    errc code() const noexcept { return code_; }

  private:
    errc code_;
};

// An error as a value.
struct failure {
    errc code;
    std::string message; // what happened and what to do
};

} // namespace sagaflow
