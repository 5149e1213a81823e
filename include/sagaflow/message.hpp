// message: what a transport carries. Its fields are CloudEvents attributes and sagaflow's
// extensions (docs/wire_format.md).
#pragma once

#include <sagaflow/time.hpp>

#include <cstdint>
#include <string>

namespace sagaflow {

enum class message_kind : std::uint8_t { command, compensation, reply, status };
enum class reply_outcome : std::uint8_t {
    success,
    rejected, // final: the body is {"reason":"…"}
    unknown   // the participant can't say: the command is older than its inbox remembers (B8)
};

const char* to_string(message_kind kind) noexcept;
const char* to_string(reply_outcome outcome) noexcept;

struct message {
    std::string address; // where it goes: a topic, an exchange
    std::string id;      // of a command: the same for all attempts (R3). A barrier's key is (source, id)
    std::string source;  // drawn when the engine's store was made; of a reply: the participant's name
    std::string type;    // the command's type
    message_kind kind = message_kind::command;
    reply_outcome outcome = reply_outcome::success; // of a reply
    std::uint32_t attempt = 1;
    time_point started{};  // when its saga began; of a reply: not set
    time_point issued{};   // when the command was first sent
    std::string saga_id;   // also the key that keeps a saga's messages in order
    std::string saga_type; // the definition's name
    std::string step;
    std::string reply_to;     // of a command: the address for its answer
    std::string causation_id; // of a reply: the id of the command it answers
    std::string trace_parent; // W3C trace context; may be empty
    std::string trace_state;
    std::string body;        // JSON, UTF-8
    std::string reason = {}; // of a dead letter: why it is one (B7)
};

} // namespace sagaflow
