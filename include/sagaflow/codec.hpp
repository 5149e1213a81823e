// codec<T>: how a user's type becomes JSON and back. One customization point for commands, replies,
// states and status.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace sagaflow {

// Specialize it for your type, or include <sagaflow/json.hpp>, which supplies it for types
// described with BOOST_DESCRIBE_STRUCT. Both functions are pure and may be called on any thread.
//
// - `static void encode(const T& value, std::string& out)` appends one JSON text (UTF-8) to out;
// - `static T decode(std::string_view json)` throws sagaflow::error(invalid_argument), naming the path.
//
// Decoding is tolerant: unknown members are ignored.
template <class T>
struct codec;

template <class T>
concept encodable = requires(const T& value, std::string& out) {
    codec<T>::encode(value, out);
};
template <class T>
concept decodable = requires(std::string_view json) {
    { codec<T>::decode(json) } -> std::same_as<T>;
};

// The reply of a command that has nothing to tell.
struct nothing {};

template <>
struct codec<nothing> {
    static void encode(const nothing&, std::string& out) { out += "{}"; }
    static nothing decode(std::string_view) { return {}; }
};

} // namespace sagaflow
