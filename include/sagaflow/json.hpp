// json: codec<T> for types described with Boost.Describe. Component sagaflow::json.
//
//   struct signup { std::string user_id; std::string room_id = {}; };
//   BOOST_DESCRIBE_STRUCT(signup, (), (user_id, room_id))
//   template <> inline constexpr auto sagaflow::optional_members<signup> = sagaflow::members("room_id");
//
// Members may be bool, integers, floating point, std::string (UTF-8), std::optional, std::vector,
// std::map<std::string, T>, enums described with BOOST_DESCRIBE_ENUM (written by name), sagaflow::duration
// and sagaflow::time_point (integer milliseconds), and described types. Their T{} must exist.
//
// Reading is tolerant of more, not of less: a member that the type does not know is ignored; one that the
// text does not have is an error unless it is a std::optional or among optional_members<T>, which keep what
// T{} gives them. Numbers are checked for their range; text is at most 32 levels deep. Errors are
// sagaflow::error(invalid_argument) and name the path: "/address/street: missing".
#pragma once

#include <sagaflow/codec.hpp>
#include <sagaflow/error.hpp>
#include <sagaflow/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

namespace sagaflow {

template <class... Names>
constexpr std::array<std::string_view, sizeof...(Names)> members(const Names&... names) {
    return {std::string_view(names)...};
}

// The members of T that may be missing; specialize it for T. A name that T does not have does not compile.
template <class T>
inline constexpr auto optional_members = members();

namespace json {

// Where in a document: for messages only.
struct place {
    const place* parent = nullptr;
    std::string_view name = {};
    std::size_t index = 0; // of an element, when there is no name
};

[[noreturn]] void fail(const place& at, std::string_view what);
[[noreturn]] void fail_unknown_enumerator(const place& at, std::string_view text);

void append_text(std::string& out, std::string_view text, const place& at);
void append_number(std::string& out, std::int64_t n);
void append_number(std::string& out, std::uint64_t n);
void append_number(std::string& out, double n, const place& at);

// A value of a parsed document.
class node {
  public:
    explicit node(const void* value) noexcept : value_(value) {}

    bool is_null() const noexcept;
    bool flag(const place& at) const;
    std::int64_t integer(const place& at, std::int64_t min, std::int64_t max) const;
    std::uint64_t unsigned_integer(const place& at, std::uint64_t max) const;
    double number(const place& at) const;
    std::string_view text(const place& at) const;

    // Of an object.
    void expect_object(const place& at) const;
    std::optional<node> member(std::string_view name) const;
    // Of an array or an object.
    std::size_t array_size(const place& at) const;
    node element(std::size_t i) const;
    std::size_t object_size(const place& at) const;
    std::pair<std::string_view, node> entry(std::size_t i) const;

  private:
    const void* value_;
};

// Parses and calls use(context, root); the document lives during that call.
void parse(std::string_view text, void* context, void (*use)(void* context, node root));

template <class T>
concept described_class = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept described_enum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
using members_of =
    boost::describe::describe_members<T, boost::describe::mod_any_access | boost::describe::mod_inherited>;

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct always_false : std::false_type {};

constexpr bool same_name(const char* a, std::string_view b) {
    return std::string_view(a) == b;
}

template <class T>
consteval bool optional_members_exist() {
    bool all = true;
    for (const auto name : optional_members<T>) {
        bool found = false;
        boost::mp11::mp_for_each<members_of<T>>([&](auto d) { found = found || same_name(d.name, name); });
        all = all && found;
    }
    return all;
}

template <class T>
consteval bool may_be_missing(std::string_view member) {
    for (const auto name : optional_members<T>)
        if (name == member) return true;
    return false;
}

// `{"name":` or `,"name":`, made when compiled.
template <class D>
struct key {
    static constexpr std::size_t length = std::string_view(D::name).size();
    static constexpr std::array<char, length + 4> text = [] {
        std::array<char, length + 4> t{};
        t[0] = ',';
        t[1] = '"';
        for (std::size_t i = 0; i < length; ++i) t[i + 2] = D::name[i];
        t[length + 2] = '"';
        t[length + 3] = ':';
        return t;
    }();
};

template <class T>
void write(const T& value, std::string& out, const place& at);
template <class T>
void read(T& value, node from, const place& at);

template <class T>
void write_object(const T& value, std::string& out, const place& at) {
    const auto begin = out.size();
    out.push_back('{');
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
        using D = decltype(d);
        const auto& text = key<D>::text;
        const bool first = out.size() == begin + 1;
        out.append(text.data() + (first ? 1 : 0), text.size() - (first ? 1 : 0));
        write(value.*D::pointer, out, place{&at, D::name});
    });
    out.push_back('}');
}

template <class T>
void read_object(T& value, node from, const place& at) {
    static_assert(optional_members_exist<T>(),
                  "sagaflow: optional_members names a member that the type does not have");
    from.expect_object(at);
    boost::mp11::mp_for_each<members_of<T>>([&](auto d) {
        using D = decltype(d);
        using member_type = std::remove_cvref_t<decltype(value.*D::pointer)>;
        const place here{&at, D::name};
        if (const auto found = from.member(D::name)) {
            read(value.*D::pointer, *found, here);
        } else if constexpr (!is_optional<member_type>::value && !may_be_missing<T>(D::name)) {
            fail(here, "missing");
        }
    });
}

template <class E>
void write_enum(E value, std::string& out, const place& at) {
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (found || d.value != value) return;
        found = true;
        append_text(out, d.name, at);
    });
    if (!found) fail(at, "a value that its enum does not have");
}

template <class E>
void read_enum(E& value, node from, const place& at) {
    const auto text = from.text(at);
    bool found = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
        if (!same_name(d.name, text)) return;
        found = true;
        value = d.value;
    });
    if (!found) fail_unknown_enumerator(at, text);
}

// How a type that is not described is written and read.
template <class T>
struct format {
    static_assert(always_false<T>::value,
                  "sagaflow: this type has no JSON form; describe it with BOOST_DESCRIBE_STRUCT or "
                  "BOOST_DESCRIBE_ENUM, or use a type that <sagaflow/json.hpp> names");
};

template <>
struct format<bool> {
    static void write(bool value, std::string& out, const place&) { out += value ? "true" : "false"; }
    static void read(bool& value, node from, const place& at) { value = from.flag(at); }
};

template <class T>
requires std::is_integral_v<T>
struct format<T> {
    static void write(T value, std::string& out, const place&) {
        if constexpr (std::is_signed_v<T>) {
            append_number(out, static_cast<std::int64_t>(value));
        } else {
            append_number(out, static_cast<std::uint64_t>(value));
        }
    }
    static void read(T& value, node from, const place& at) {
        using limits = std::numeric_limits<T>;
        if constexpr (std::is_signed_v<T>) {
            value = static_cast<T>(from.integer(at, limits::min(), limits::max()));
        } else {
            value = static_cast<T>(from.unsigned_integer(at, limits::max()));
        }
    }
};

template <class T>
requires std::is_floating_point_v<T>
struct format<T> {
    static void write(T value, std::string& out, const place& at) {
        append_number(out, static_cast<double>(value), at);
    }
    static void read(T& value, node from, const place& at) { value = static_cast<T>(from.number(at)); }
};

template <>
struct format<std::string> {
    static void write(const std::string& value, std::string& out, const place& at) {
        append_text(out, value, at);
    }
    static void read(std::string& value, node from, const place& at) { value = from.text(at); }
};

template <>
struct format<duration> {
    static void write(duration value, std::string& out, const place& at) {
        format<duration::rep>::write(value.count(), out, at);
    }
    static void read(duration& value, node from, const place& at) {
        duration::rep n = 0;
        format<duration::rep>::read(n, from, at);
        value = duration(n);
    }
};

template <>
struct format<time_point> {
    static void write(time_point value, std::string& out, const place& at) {
        format<duration>::write(value.time_since_epoch(), out, at);
    }
    static void read(time_point& value, node from, const place& at) {
        duration since{};
        format<duration>::read(since, from, at);
        value = time_point(since);
    }
};

template <class T>
struct format<std::optional<T>> {
    static void write(const std::optional<T>& value, std::string& out, const place& at) {
        if (value) {
            json::write(*value, out, at);
        } else {
            out += "null";
        }
    }
    static void read(std::optional<T>& value, node from, const place& at) {
        if (from.is_null()) {
            value.reset();
        } else {
            json::read(value.emplace(), from, at);
        }
    }
};

template <class T>
struct format<std::vector<T>> {
    static void write(const std::vector<T>& value, std::string& out, const place& at) {
        out.push_back('[');
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (i > 0) out.push_back(',');
            const T& element = value[i]; // also of the proxies of vector<bool>
            json::write(element, out, place{&at, {}, i});
        }
        out.push_back(']');
    }
    static void read(std::vector<T>& value, node from, const place& at) {
        const auto size = from.array_size(at);
        value.clear();
        value.reserve(size);
        for (std::size_t i = 0; i < size; ++i) {
            T element{};
            json::read(element, from.element(i), place{&at, {}, i});
            value.push_back(std::move(element));
        }
    }
};

template <class T>
struct format<std::map<std::string, T>> {
    static void write(const std::map<std::string, T>& value, std::string& out, const place& at) {
        out.push_back('{');
        bool first = true;
        for (const auto& [name, one] : value) {
            if (!std::exchange(first, false)) out.push_back(',');
            const place here{&at, name};
            append_text(out, name, here);
            out.push_back(':');
            json::write(one, out, here);
        }
        out.push_back('}');
    }
    static void read(std::map<std::string, T>& value, node from, const place& at) {
        value.clear();
        const auto size = from.object_size(at);
        for (std::size_t i = 0; i < size; ++i) {
            const auto [name, one] = from.entry(i);
            json::read(value[std::string(name)], one, place{&at, name});
        }
    }
};

template <class T>
void write(const T& value, std::string& out, const place& at) {
    if constexpr (described_class<T>) {
        write_object(value, out, at);
    } else if constexpr (described_enum<T>) {
        write_enum(value, out, at);
    } else {
        format<T>::write(value, out, at);
    }
}

template <class T>
void read(T& value, node from, const place& at) {
    if constexpr (described_class<T>) {
        read_object(value, from, at);
    } else if constexpr (described_enum<T>) {
        read_enum(value, from, at);
    } else {
        format<T>::read(value, from, at);
    }
}

} // namespace json

template <json::described_class T>
struct codec<T> {
    static void encode(const T& value, std::string& out) { json::write(value, out, json::place{}); }

    static T decode(std::string_view text) {
        T value{};
        json::parse(text, &value, [](void* into, json::node root) {
            json::read(*static_cast<T*>(into), root, json::place{});
        });
        return value;
    }
};

} // namespace sagaflow
