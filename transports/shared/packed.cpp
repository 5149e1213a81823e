#include "packed.hpp"

#include <cstdint>
#include <cstring>

namespace sagaflow::transports {

namespace {

// Every string of a message, in one place for both directions.
template <class Message, class F>
void each_string(Message& m, F f) {
    f(m.address);
    f(m.id);
    f(m.source);
    f(m.type);
    f(m.saga_id);
    f(m.saga_type);
    f(m.step);
    f(m.reply_to);
    f(m.causation_id);
    f(m.trace_parent);
    f(m.trace_state);
    f(m.body);
    f(m.reason);
}

struct numbers {
    message_kind kind;
    reply_outcome outcome;
    std::uint32_t attempt;
    time_point started;
    time_point issued;
};

} // namespace

std::string pack(const message& m) {
    std::size_t size = sizeof(numbers);
    each_string(m, [&](const std::string& s) { size += sizeof(std::uint32_t) + s.size(); });
    std::string bytes(size, '\0');
    char* at = bytes.data();
    const numbers n{m.kind, m.outcome, m.attempt, m.started, m.issued};
    std::memcpy(at, &n, sizeof n);
    at += sizeof n;
    each_string(m, [&](const std::string& s) {
        const auto length = static_cast<std::uint32_t>(s.size());
        std::memcpy(at, &length, sizeof length);
        std::memcpy(at + sizeof length, s.data(), length);
        at += sizeof length + length;
    });
    return bytes;
}

message unpack(const std::string& bytes) {
    message m;
    const char* at = bytes.data();
    numbers n{};
    std::memcpy(&n, at, sizeof n);
    at += sizeof n;
    m.kind = n.kind;
    m.outcome = n.outcome;
    m.attempt = n.attempt;
    m.started = n.started;
    m.issued = n.issued;
    each_string(m, [&](std::string& s) {
        std::uint32_t length = 0;
        std::memcpy(&length, at, sizeof length);
        s.assign(at + sizeof length, length);
        at += sizeof length + length;
    });
    return m;
}

} // namespace sagaflow::transports
