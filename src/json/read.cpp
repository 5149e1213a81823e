// Reading: Boost.JSON parses, on the stack when it fits.
#include "tree.hpp"

#include <sagaflow/json.hpp>

#include <cmath>

namespace sagaflow::json {

namespace {

constexpr std::size_t deepest = 32;
constexpr std::size_t stack_bytes = 4096;

const boost::json::value& at(const void* value) {
    return *static_cast<const boost::json::value*>(value);
}

std::string_view view(boost::json::string_view s) {
    return {s.data(), s.size()};
}

const char* kind_of(const boost::json::value& v) {
    switch (v.kind()) {
        case boost::json::kind::null:
            return "null";
        case boost::json::kind::bool_:
            return "a truth value";
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
        case boost::json::kind::double_:
            return "a number";
        case boost::json::kind::string:
            return "a string";
        case boost::json::kind::array:
            return "an array";
        case boost::json::kind::object:
            return "an object";
    }
    return "something else";
}

[[noreturn]] void fail_kind(const place& where, const char* expected, const boost::json::value& v) {
    fail(where, std::string("expected ") + expected + ", found " + kind_of(v));
}

template <class N>
[[noreturn]] void fail_range(const place& where, N min, N max) {
    fail(where, "a number out of range (" + std::to_string(min) + " to " + std::to_string(max) + ")");
}

void append_path(std::string& out, const place& where) {
    if (where.parent == nullptr) return; // the root
    append_path(out, *where.parent);
    out.push_back('/');
    if (where.name.data() == nullptr) {
        out += std::to_string(where.index);
        return;
    }
    for (const char c : where.name) { // as a JSON pointer
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out.push_back(c);
        }
    }
}

} // namespace

void fail(const place& where, std::string_view what) {
    std::string text;
    append_path(text, where);
    if (text.empty()) text = "the document";
    throw error(errc::invalid_argument, text.append(": ").append(what));
}

void fail_unknown_enumerator(const place& where, std::string_view text) {
    constexpr std::size_t shown = 64;
    std::string what = "unknown value ";
    append_text(what, text.size() <= shown ? text : "(a long text)", where);
    fail(where, what);
}

bool node::is_null() const noexcept {
    return at(value_).is_null();
}

bool node::flag(const place& where) const {
    if (const auto* b = at(value_).if_bool()) return *b;
    fail_kind(where, "true or false", at(value_));
}

std::int64_t node::integer(const place& where, std::int64_t min, std::int64_t max) const {
    const auto& v = at(value_);
    if (v.is_uint64()) fail_range(where, min, max);
    const auto* n = v.if_int64();
    if (n == nullptr) fail_kind(where, "an integer", v);
    if (*n < min || *n > max) fail_range(where, min, max);
    return *n;
}

std::uint64_t node::unsigned_integer(const place& where, std::uint64_t max) const {
    const auto& v = at(value_);
    std::uint64_t n = 0;
    if (const auto* u = v.if_uint64()) {
        n = *u;
    } else if (const auto* i = v.if_int64()) {
        if (*i < 0) fail_range<std::uint64_t>(where, 0, max);
        n = static_cast<std::uint64_t>(*i);
    } else {
        fail_kind(where, "an integer", v);
    }
    if (n > max) fail_range<std::uint64_t>(where, 0, max);
    return n;
}

double node::number(const place& where) const {
    const auto& v = at(value_);
    if (const auto* i = v.if_int64()) return static_cast<double>(*i);
    if (const auto* u = v.if_uint64()) return static_cast<double>(*u);
    const auto* d = v.if_double();
    if (d == nullptr) fail_kind(where, "a number", v);
    if (!std::isfinite(*d)) fail(where, "a number out of range");
    return *d;
}

std::string_view node::text(const place& where) const {
    if (const auto* s = at(value_).if_string()) return {s->data(), s->size()};
    fail_kind(where, "a string", at(value_));
}

void node::expect_object(const place& where) const {
    if (!at(value_).is_object()) fail_kind(where, "an object", at(value_));
}

std::optional<node> node::member(std::string_view name) const {
    const auto* found = at(value_).get_object().if_contains({name.data(), name.size()});
    if (found == nullptr) return std::nullopt;
    return node(found);
}

std::size_t node::array_size(const place& where) const {
    if (const auto* a = at(value_).if_array()) return a->size();
    fail_kind(where, "an array", at(value_));
}

node node::element(std::size_t i) const {
    return node(&at(value_).get_array()[i]);
}

std::size_t node::object_size(const place& where) const {
    expect_object(where);
    return at(value_).get_object().size();
}

std::pair<std::string_view, node> node::entry(std::size_t i) const {
    const auto& [name, value] = *(at(value_).get_object().begin() + static_cast<std::ptrdiff_t>(i));
    return {view(name), node(&value)};
}

void parse(std::string_view text, void* context, void (*use)(void*, node)) {
    alignas(std::max_align_t) unsigned char buffer[stack_bytes];
    boost::json::monotonic_resource memory(buffer, sizeof buffer);
    boost::json::error_code ec;
    const auto document = read_tree(text, &memory, deepest, ec);
    if (ec) fail(place{}, "not JSON: " + ec.message());
    use(context, node(&document));
}

} // namespace sagaflow::json
