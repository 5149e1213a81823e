// The transport interface: four functions that carry messages at least once. Implementations:
// <sagaflow/memory.hpp>, yours (docs/new_transport.md). The conformance suite in
// <sagaflow/testing/transport_conformance.hpp> is part of it.
#pragma once

#include <sagaflow/message.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace sagaflow {

struct transport_health {
    enum class condition : std::uint8_t {
        up,
        down,   // the broker can't be reached
        blocked // the broker takes no messages now
    };
    condition now = condition::up;
    std::string reason; // for people; empty when up
};

// What became of one message of a published batch.
struct published {
    enum class verdict : std::uint8_t {
        accepted, // the broker has it
        failed,   // it has not, or nobody knows: publish it again
        refused   // it never will, such as a message over its limit: do not publish it again
    };
    std::size_t index = 0; // in the batch
    verdict result = verdict::accepted;
    std::string reason; // empty when accepted
};

// Settles deliveries of one consumer. Any thread; once the consumer is gone it does nothing.
class settler {
  public:
    enum class verdict : std::uint8_t {
        acknowledge, // never deliver it again
        retry        // deliver it again, to any consumer of the group, after a pause: some milliseconds,
                     // growing up to a second while it comes back
    };
    virtual ~settler() = default;
    virtual void settle(std::span<const std::uint64_t> tags, verdict v) noexcept = 0;
};

// A message that has come, to be settled once by its tag. One that is never settled comes again
// after the consumer is gone.
struct delivery {
    message content; // its address is the one that was subscribed to
    std::uint64_t tag =
        0; // used once by its consumer, also if the connection to the broker is another by then
};

struct subscription {
    std::string address;
    std::string group; // consumers of one group share the messages; each group gets all of them
    std::vector<std::string> types = {}; // the command types it takes; empty: all. Others are left to
                                         // other groups
    std::size_t prefetch = 1024;         // deliveries not yet settled, at most
    std::string sole_owner = {};         // set: while this consumer is at the address, one with another
                                         // owner, or with none, is refused: error(in_use), naming it
    std::stop_token stop = {};           // once asked to, the consumer leaves its group: when its handler has
                                         // returned, what is not settled goes to others of the group
};

using health_handler = std::function<void(const transport_health&)>;
using publish_handler = std::function<void(std::span<const published>)>;
using delivery_handler = std::function<void(std::vector<delivery>, const std::shared_ptr<settler>&)>;

class transport {
  public:
    virtual ~transport() = default;

    // Declares or verifies the addresses that will be published to and gets ready to. Calls
    // on_health as soon as the condition is known, and whenever it changes, on any thread. Returns
    // when the addresses are usable or on_health has said why not (it then goes on trying by
    // itself). May be called more than once, by several users of one transport; each gets health
    // reports until close(). Throws sagaflow::error for configuration that can't work.
    virtual void open(std::vector<std::string> addresses, health_handler on_health) = 0;

    // Takes the batch and returns without waiting for the broker. Reports each message exactly once
    // through done, which may be called several times, on any thread, also before publish()
    // returns; messages with one saga_id keep their order on an address. The address may be one that
    // only its consumer opened: an address for replies. Bounded by its callers: an engine has at most
    // its publish window outstanding.
    virtual void publish(std::vector<message> batch, publish_handler done) = 0;

    // Calls handler with what comes, in order per saga_id, one call at a time per subscription, on
    // a thread of the transport. The handler may block: then nothing more is delivered to it, and other
    // subscriptions go on. Consumers of one group on one connection keep a saga's order between them;
    // those of several connections only where the broker can, and nobody when messages come again or a
    // consumer leaves: the barrier and the engine make a repeated or overtaken message harmless. Throws
    // error(in_use) for an address that another owner holds, on whatever connection, error(stopped)
    // after close().
    virtual void consume(subscription what, delivery_handler handler) = 0;

    // Stops. Reports outstanding publishes as failed, at once, which frees a handler that waits for
    // one; then returns when no handler runs and none will be called any more, also while a publish()
    // is blocked. Idempotent. Not to be called from a handler.
    virtual void close() = 0;
};

} // namespace sagaflow
