#include "owner_lock.hpp"

#include <sagaflow/error.hpp>

namespace sagaflow::amqp {

namespace {

// The queue keeps the newest name only.
void declare_name_queue(questions& ask, const std::string& address) {
    amqp_table_entry_t one{};
    one.key = amqp_cstring_bytes("x-max-length");
    one.value.kind = AMQP_FIELD_KIND_I32;
    one.value.value.i32 = 1;
    ask.queue(owner_name_queue_of(address), false, false, {1, &one});
}

void announce(questions& ask, const std::string& address, const std::string& owner) {
    declare_name_queue(ask, address);
    amqp_basic_properties_t p{};
    p._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
    p.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    ask.open();
    ask.of().publish(ask.channel(), "", owner_name_queue_of(address), false, p, owner);
}

// The message goes back into the queue with the end of the channel.
std::string announced(connection& c, std::uint16_t channel, const std::string& address) {
    questions ask(c, channel);
    declare_name_queue(ask, address);
    return c.peek(channel, owner_name_queue_of(address));
}

[[noreturn]] void refuse(const std::string& address, const std::string& owner) {
    throw error(errc::in_use, "the address '" + address + "' belongs to " +
                                  (owner.empty() ? "another owner" : owner) +
                                  ": stop that one first, or use another address");
}

} // namespace

void own(questions& ask, const std::string& address, const std::string& owner) {
    try {
        ask.queue(owner_queue_of(address), false, true, {});
    } catch (const channel_closed& e) {
        if (e.code != AMQP_RESOURCE_LOCKED) throw;
        const auto other = announced(ask.of(), ask.channel(), address);
        if (other != owner) refuse(address, other);
        throw still_held("the address '" + address + "' is still held by an earlier connection of " + owner +
                         ": this one goes on when that is gone");
    }
    announce(ask, address, owner);
}

void disown(questions& ask, const std::string& address) {
    amqp_queue_delete_t d{};
    const auto name = owner_queue_of(address);
    d.queue = bytes(name);
    ask.ask<amqp_queue_delete_ok_t>(AMQP_QUEUE_DELETE_METHOD, AMQP_QUEUE_DELETE_OK_METHOD, d);
}

void check_unowned(questions& ask, const std::string& address) {
    try {
        ask.queue(owner_queue_of(address), true, true, {});
    } catch (const error& e) {
        if (e.code() != errc::not_found) throw;
    } catch (const channel_closed& e) {
        if (e.code != AMQP_RESOURCE_LOCKED) throw;
        refuse(address, announced(ask.of(), ask.channel(), address));
    }
}

} // namespace sagaflow::amqp
