#include "topology.hpp"

#include <sagaflow/error.hpp>

#include <array>
#include <functional>

namespace sagaflow::amqp {

namespace {

constexpr std::string_view dead = ".dead";
constexpr std::string_view owner = ".sole-owner";
constexpr std::string_view owner_name = ".sole-owner-name";
constexpr std::string_view all_keys = "#";

amqp_table_entry_t entry(const char* name, std::string_view value) {
    amqp_table_entry_t e{};
    e.key = amqp_cstring_bytes(name);
    e.value.kind = AMQP_FIELD_KIND_UTF8;
    e.value.value.bytes = bytes(value);
    return e;
}

amqp_table_entry_t entry(const char* name, std::int64_t value) {
    amqp_table_entry_t e{};
    e.key = amqp_cstring_bytes(name);
    e.value.kind = AMQP_FIELD_KIND_I64;
    e.value.value.i64 = value;
    return e;
}

template <std::size_t N>
amqp_table_t table(std::array<amqp_table_entry_t, N>& entries) {
    return {static_cast<int>(N), entries.data()};
}

// What the broker says of a thing, as an error that says what to do.
void explained(const std::string& what, const std::function<void()>& declare) {
    try {
        declare();
    } catch (const channel_closed& e) {
        if (e.code == AMQP_PRECONDITION_FAILED)
            throw error(
                errc::invalid_argument,
                what +
                    " is there already, but made otherwise: delete it if it is empty, or take another "
                    "name (RabbitMQ says: " +
                    e.what() + ")");
        if (e.code == AMQP_NOT_FOUND)
            throw error(errc::not_found,
                        what + " is not there: make it, or set topology to create (RabbitMQ says: " +
                            std::string(e.what()) + ")");
        if (e.code == AMQP_ACCESS_REFUSED)
            throw error(errc::invalid_argument, what +
                                                    " may not be used by this user: give it the permission "
                                                    "(RabbitMQ says: " +
                                                    std::string(e.what()) + ")");
        throw;
    }
}

void check_name(const std::string& what, const std::string& name) {
    constexpr std::size_t most = 230; // of AMQP's 255, what is appended here taken off
    if (name.empty() || name.size() > most || name.starts_with("amq."))
        throw error(errc::invalid_argument, what + " '" + name + "' can't be a name in AMQP: use 1 to " +
                                                std::to_string(most) + " bytes that do not begin with amq.");
}

} // namespace

std::string queue_of(const subscription& s) {
    return s.sole_owner.empty() ? s.address + "." + s.group : s.address;
}
std::string dead_letters_of(const std::string& address) {
    return address + std::string(dead);
}
std::string owner_queue_of(const std::string& address) {
    return address + std::string(owner);
}
std::string owner_name_queue_of(const std::string& address) {
    return address + std::string(owner_name);
}

void check_names(const subscription& s) {
    check_name("the address", s.address);
    check_name("the queue", s.address + "." + s.group);
    for (const auto taken : {dead, owner, owner_name}) {
        if ("." + s.group == taken)
            throw error(errc::invalid_argument, "the group '" + s.group + "' of the address '" + s.address +
                                                    "' would have a queue that is something else: name it "
                                                    "otherwise");
    }
}

questions::~questions() {
    try {
        if (open_) connection_.close_channel(channel_);
    } catch (const std::exception&) {
        // The connection is lost: whoever uses it next finds out.
    }
}

void questions::open() {
    if (open_) return;
    connection_.open_channel(channel_);
    open_ = true;
}

void questions::exchange(const std::string& name, bool passive) {
    explained("the exchange '" + name + "'", [&] {
        amqp_exchange_declare_t d{};
        d.exchange = bytes(name);
        d.type = bytes("topic");
        d.passive = passive ? 1 : 0;
        d.durable = 1;
        ask<amqp_exchange_declare_ok_t>(AMQP_EXCHANGE_DECLARE_METHOD, AMQP_EXCHANGE_DECLARE_OK_METHOD, d);
    });
}

void questions::queue(const std::string& name, bool passive, bool exclusive, amqp_table_t arguments) {
    explained("the queue '" + name + "'", [&] {
        amqp_queue_declare_t d{};
        d.queue = bytes(name);
        d.passive = passive ? 1 : 0;
        d.durable = exclusive ? 0 : 1;
        d.exclusive = exclusive ? 1 : 0;
        d.arguments = arguments;
        ask<amqp_queue_declare_ok_t>(AMQP_QUEUE_DECLARE_METHOD, AMQP_QUEUE_DECLARE_OK_METHOD, d);
    });
}

bool questions::is_queue(const std::string& name) {
    try {
        queue(name, true, false, {});
        return true;
    } catch (const error& e) {
        if (e.code() != errc::not_found) throw;
        return false;
    }
}

void questions::bind(const std::string& queue, const std::string& exchange, const std::string& key) {
    explained("the binding of '" + queue + "' to '" + exchange + "'", [&] {
        amqp_queue_bind_t b{};
        b.queue = bytes(queue);
        b.exchange = bytes(exchange);
        b.routing_key = bytes(key);
        ask<amqp_queue_bind_ok_t>(AMQP_QUEUE_BIND_METHOD, AMQP_QUEUE_BIND_OK_METHOD, b);
    });
}

void topology_keeper::prepare(questions& ask, const std::string& address) const {
    if (options_.topology == topology::create) {
        make(ask, address);
    } else if (options_.topology == topology::verify) {
        ask.exchange(address, true);
    }
}

void topology_keeper::prepare(questions& ask, const subscription& s, moment& made) const {
    if (options_.topology == topology::create) {
        make(ask, s.address);
        make_dead_letters(ask, s.address);
        make_queue(ask, s, made);
    } else if (options_.topology == topology::verify) {
        ask.exchange(s.address, true);
        ask.queue(queue_of(s), true, false, {});
    }
}

void topology_keeper::make(questions& ask, const std::string& address) const {
    ask.exchange(address, false);
    if (address.ends_with(dead)) make_dead_letters(ask, address.substr(0, address.size() - dead.size()));
}

void topology_keeper::make_dead_letters(questions& ask, const std::string& address) const {
    const auto name = dead_letters_of(address);
    std::array arguments = {entry("x-queue-type", "quorum")};
    ask.exchange(name, false);
    ask.queue(name, false, false, table(arguments));
    ask.bind(name, name, std::string(all_keys));
}

void topology_keeper::make_queue(questions& ask, const subscription& s, moment& made) const {
    const auto dead_letters = dead_letters_of(s.address);
    const auto name = queue_of(s);
    std::array arguments = {entry("x-queue-type", "quorum"), entry("x-dead-letter-exchange", dead_letters),
                            // Dead letters are not lost either: a queue that can't pass them on keeps them.
                            entry("x-dead-letter-strategy", "at-least-once"),
                            entry("x-overflow", "reject-publish"),
                            entry("x-delivery-limit", static_cast<std::int64_t>(options_.delivery_limit))};
    const bool is_new = !ask.is_queue(name);
    ask.queue(name, false, false, table(arguments));
    if (is_new) made = std::chrono::steady_clock::now();
    if (s.types.empty()) ask.bind(name, s.address, std::string(all_keys));
    for (const auto& type : s.types) ask.bind(name, s.address, type);
}

} // namespace sagaflow::amqp
