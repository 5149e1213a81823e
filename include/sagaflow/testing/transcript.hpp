// Transcripts: a test of a saga as a table. Each line says what comes in and, after "->", everything that
// goes out. No thread, no clock, no transport: time passes when the transcript says so.
//
//   EXPECT_EQ(sagaflow::testing::check(user_signup(), {.user_id = "ada"}, R"(
//       start                        -> started create-user=sent; send create-user {"user_id":"ada"}
//       reply create-user            -> progressed create-user=done open-chat=sent; send open-chat
//       {"user_id":"ada"} reject open-chat duplicate   -> compensating open-chat=rejected
//       create-user=compensating;
//                                       send create-user/compensation {"user_id":"ada"}
//       reply create-user/compensation -> compensated create-user=compensated
//   )"), "");
//
// What comes in. COMMAND is a step's name, with "/compensation" for the command that undoes it, and with "/2"
// for the second command after a rejection.
//   start                        the saga begins with the input
//   reply COMMAND [JSON]         a success; the body is {} if none is given
//   reject COMMAND REASON        a rejection
//   unknown COMMAND              the participant can't say
//   wait DURATION                time passes: 200ms, 3s, 5min, 2h, 20d
//   transport down | up          while it is down nothing that is sent is accepted
//   refuse COMMAND REASON        the transport will never take it
//   restart                      the engine dies and begins again from what is stored
//   cancel | suspend | retry | undo | abandon [WHY], skip [STEP] [: WHY]        an operator's verbs
//
// What goes out, in this order, separated by ";", or "nothing":
//   EVENT STEP=STATE …           the event and the steps that it changed; its reason follows in parentheses
//   and
//                                is compared only where the transcript has some
//   status JSON                  the new status document
//   send COMMAND [#ATTEMPT] [JSON]
//   alert, alert over            for the operators
//   late                         the reply came too late and changed nothing
//   refused CODE                 the verb does not fit
// A line without "->" goes on with the one before it. Lines that begin with "#" are comments.
#pragma once

#include <sagaflow/saga.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sagaflow::testing {

// Plays the transcript. Returns "" if all goes as it says; else a text that names the first line that does
// not and tells how the whole went. Throws sagaflow::error(invalid_argument) for a line that can't be read.
std::string check(std::shared_ptr<const plan> definition, std::string input, std::string_view transcript);

template <class S>
std::string check(const saga<S>& definition, const S& input, std::string_view transcript) {
    std::string json;
    codec<S>::encode(input, json);
    return check(make_plan(definition), std::move(json), transcript);
}

} // namespace sagaflow::testing
