#include "entry.hpp"

#include <span>

namespace redis {

namespace {

constexpr const char* content_type_field = "content-type";
constexpr const char* body_field = "body";

std::span<redisReply* const> elements(const redisReply& r) {
    return {r.element, r.type == REDIS_REPLY_ARRAY ? r.elements : 0};
}

std::string text(const redisReply& r) {
    return r.str ? std::string(r.str, r.len) : std::string();
}

} // namespace

// [wire]
command to_xadd(const sagaflow::message& m, const sagaflow::wire::envelope& by) {
    auto carried = by.write(m);
    command c = {"XADD", m.address, "*", content_type_field, std::move(carried.content_type)};
    for (const auto& [name, value] : carried.headers) {
        c.emplace_back(name);
        c.emplace_back(value);
    }
    c.push_back(body_field);
    c.push_back(std::move(carried.body));
    return c;
}

static entry to_entry(const redisReply& id, const redisReply& fields, const std::string& address,
                      const sagaflow::wire::envelope& by) {
    sagaflow::wire::carried carried;
    const auto words = elements(fields);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        auto name = text(*words[i]);
        auto value = text(*words[i + 1]);
        if (name == body_field) {
            carried.body = std::move(value);
        } else if (name == content_type_field) {
            carried.content_type = std::move(value);
        } else {
            carried.headers.add(name, value);
        }
    }
    entry e{text(id), by.read(std::move(carried))};
    e.content.address = address;
    return e;
}
// [/wire]

std::vector<entry> to_entries(const redisReply& list, const std::string& address,
                              const sagaflow::wire::envelope& by) {
    std::vector<entry> entries;
    for (const auto* one : elements(list)) {
        const auto parts = elements(*one);
        if (parts.size() == 2 && parts[1]->type == REDIS_REPLY_ARRAY)
            entries.push_back(to_entry(*parts[0], *parts[1], address, by));
    }
    return entries;
}

} // namespace redis
