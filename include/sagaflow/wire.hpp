// What a transport between processes writes for a message, and reads as one: headers and a body
// (docs/wire_format.md). Transports use it; a program replaces the envelope when the services that it talks
// to have one of their own.
#pragma once

#include <sagaflow/header_list.hpp>
#include <sagaflow/message.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace sagaflow::wire {

// A message as brokers carry it. What a broker has a place of its own for stands in a member; a transport
// whose broker has none leaves it out.
struct carried {
    std::string content_type;
    std::string message_id;     // AMQP's properties
    std::string correlation_id; // of a command its own id: what a service that knows no headers echoes
    std::string reply_to;
    header_list headers; // of two with one name the last counts
    std::string body;
};

// Thread-safe: both functions are called from any thread.
class envelope {
  public:
    virtual ~envelope() = default;

    // Never throws.
    virtual carried write(const message& m) const = 0;

    // Never throws: what can't be read comes as a message without a type, whose reason says why and whose
    // body is as it was, so that its subscription decides (B7). The address is not set.
    virtual message read(carried&& c) const = 0;
};

struct limits {
    std::size_t body_bytes = 1024 * 1024;
    std::size_t header_bytes = 64 * 1024; // names and values together
};

struct cloudevents_options {
    std::string prefix =
        "ce-";           // of header names: "ce-" on AMQP, "ce_" on Kafka. All that are in use are read
    bool spring = false; // write kafka_replyTopic and kafka_correlationId too: what Spring answers to
    wire::limits limits = {};
};

// CloudEvents 1.0 in binary mode; structured mode is read too. Throws error(invalid_argument) for another
// prefix than "ce-", "ce_", "cloudEvents:" and "cloudEvents_".
std::shared_ptr<const envelope> make_cloudevents(cloudevents_options options = {});

} // namespace sagaflow::wire
