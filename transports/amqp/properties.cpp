#include "properties.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sagaflow::amqp {

namespace {

constexpr std::size_t short_string = 255;       // AMQP's own bound
constexpr std::size_t header_bytes = 96 * 1024; // all properties are one frame, of at most 128 KiB

// Headers that are tables or lists are nobody's here.
std::optional<std::string> header_text(const amqp_field_value_t& v) {
    switch (v.kind) {
        case AMQP_FIELD_KIND_UTF8:
        case AMQP_FIELD_KIND_BYTES:
            return text(v.value.bytes);
        case AMQP_FIELD_KIND_BOOLEAN:
            return v.value.boolean != 0 ? "true" : "false";
        case AMQP_FIELD_KIND_I8:
            return std::to_string(v.value.i8);
        case AMQP_FIELD_KIND_U8:
            return std::to_string(v.value.u8);
        case AMQP_FIELD_KIND_I16:
            return std::to_string(v.value.i16);
        case AMQP_FIELD_KIND_U16:
            return std::to_string(v.value.u16);
        case AMQP_FIELD_KIND_I32:
            return std::to_string(v.value.i32);
        case AMQP_FIELD_KIND_U32:
            return std::to_string(v.value.u32);
        case AMQP_FIELD_KIND_I64:
            return std::to_string(v.value.i64);
        case AMQP_FIELD_KIND_U64:
        case AMQP_FIELD_KIND_TIMESTAMP:
            return std::to_string(v.value.u64);
        default:
            return std::nullopt;
    }
}

} // namespace

outgoing make_outgoing(const message& m, wire::carried&& c) {
    outgoing o{std::move(c), m.address, m.type, m.source, 0, m.kind != message_kind::status};
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(m.issued.time_since_epoch()).count();
    if (seconds > 0) o.timestamp = static_cast<std::uint64_t>(seconds);
    if (o.app.size() > short_string) o.app.clear();
    return o;
}

std::optional<std::string> unfit(const outgoing& m, std::size_t body_bytes) {
    const auto over = [](const std::string& what, std::size_t is, std::size_t most) {
        return "its " + what + " of " + std::to_string(is) + " bytes is over the limit of " +
               std::to_string(most);
    };
    for (const auto& [what, value] : {std::pair<const char*, const std::string&>{"address", m.address},
                                      {"type", m.type},
                                      {"content type", m.what.content_type},
                                      {"message id", m.what.message_id},
                                      {"correlation id", m.what.correlation_id},
                                      {"reply address", m.what.reply_to}}) {
        if (value.size() > short_string) return over(what, value.size(), short_string);
    }
    std::size_t headers = 0;
    for (const auto& [name, value] : m.what.headers) {
        if (name.size() > short_string) return over("header name", name.size(), short_string);
        headers += name.size() + value.size() + 6;
    }
    if (headers > header_bytes) return over("table of headers", headers, header_bytes);
    if (m.what.body.size() > body_bytes) return over("body", m.what.body.size(), body_bytes);
    return std::nullopt;
}

amqp_basic_properties_t properties_of(const outgoing& m, std::vector<amqp_table_entry_t>& entries) {
    amqp_basic_properties_t p{};
    const auto set = [&](amqp_flags_t flag, amqp_bytes_t& to, const std::string& value) {
        if (value.empty()) return;
        p._flags |= flag;
        to = bytes(value);
    };
    set(AMQP_BASIC_CONTENT_TYPE_FLAG, p.content_type, m.what.content_type);
    set(AMQP_BASIC_CORRELATION_ID_FLAG, p.correlation_id, m.what.correlation_id);
    set(AMQP_BASIC_REPLY_TO_FLAG, p.reply_to, m.what.reply_to);
    set(AMQP_BASIC_MESSAGE_ID_FLAG, p.message_id, m.what.message_id);
    set(AMQP_BASIC_TYPE_FLAG, p.type, m.type);
    set(AMQP_BASIC_APP_ID_FLAG, p.app_id, m.app);
    p._flags |= AMQP_BASIC_DELIVERY_MODE_FLAG;
    p.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    if (m.timestamp > 0) {
        p._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
        p.timestamp = m.timestamp;
    }
    entries.clear();
    for (const auto& [name, value] : m.what.headers) {
        auto& entry = entries.emplace_back();
        entry.key = bytes(name);
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = bytes(value);
    }
    if (!entries.empty()) {
        p._flags |= AMQP_BASIC_HEADERS_FLAG;
        p.headers = {static_cast<int>(entries.size()), entries.data()};
    }
    return p;
}

wire::carried read(const amqp_basic_properties_t& p) {
    wire::carried c;
    const auto get = [&](amqp_flags_t flag, const amqp_bytes_t& from, std::string& to) {
        if ((p._flags & flag) != 0) to = text(from);
    };
    get(AMQP_BASIC_CONTENT_TYPE_FLAG, p.content_type, c.content_type);
    get(AMQP_BASIC_CORRELATION_ID_FLAG, p.correlation_id, c.correlation_id);
    get(AMQP_BASIC_REPLY_TO_FLAG, p.reply_to, c.reply_to);
    get(AMQP_BASIC_MESSAGE_ID_FLAG, p.message_id, c.message_id);
    if ((p._flags & AMQP_BASIC_HEADERS_FLAG) == 0) return c;
    c.headers.reserve(static_cast<std::size_t>(std::max(p.headers.num_entries, 0)));
    for (int i = 0; i < p.headers.num_entries; ++i) {
        const auto& entry = p.headers.entries[i];
        if (auto value = header_text(entry.value)) c.headers.add(view(entry.key), *value);
    }
    return c;
}

} // namespace sagaflow::amqp
