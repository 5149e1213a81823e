// A message as a stranger sends it: "content type", "name: value" lines, an empty line, the body. What is
// read of it says of itself whether it could be read, and means the same when it is written and read again.
#include <sagaflow/wire.hpp>

#include <cstdlib>
#include <string_view>

namespace {

namespace wire = sagaflow::wire;

std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    return line;
}

wire::carried parse(std::string_view rest) {
    wire::carried c;
    c.content_type = take_line(rest);
    while (!rest.empty()) {
        const auto line = take_line(rest);
        if (line.empty()) break;
        const auto colon = line.find(": ");
        const auto value = colon == line.npos ? std::string_view() : line.substr(colon + 2);
        const auto name = line.substr(0, colon);
        if (name == "correlation-id")
            c.correlation_id = value;
        else if (name == "reply-to")
            c.reply_to = value;
        else
            c.headers.add(name, value);
    }
    c.body = rest;
    return c;
}

bool is_one_line(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    return true;
}

void check(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const auto envelope = wire::make_cloudevents({.prefix = "ce_", .spring = true});
    const auto m = envelope->read(parse({reinterpret_cast<const char*>(data), size}));
    check(m.address.empty());
    if (m.type.empty() || !is_one_line(m.type + m.id + m.saga_id + m.causation_id)) return 0;
    const auto again = envelope->read(envelope->write(m));
    check(again.type == m.type && again.id == m.id && again.kind == m.kind && again.body == m.body);
    check(again.attempt == m.attempt && again.issued == m.issued && again.started == m.started);
    check(m.kind != sagaflow::message_kind::reply || again.outcome == m.outcome);
    return 0;
}
