// Values as people see them: printed and in messages, never with what is secret.
#pragma once

#include <sagaflow/yaml.hpp>

#include <string>
#include <string_view>

namespace sagaflow::config {

// Stands for a secret in what is printed, and is refused as a value.
constexpr std::string_view mask = "********";

// Any text as a YAML scalar in double quotes that reads back as that text.
std::string quoted(std::string_view text);

// Of every kind but maps, as YAML on one line.
std::string to_yaml(const detail::entry& entry, const detail::value& value);

// The value of a property.
std::string to_yaml(const property& pair);

// A value in a message: quoted, escaped, cut.
std::string shown(std::string_view text);

// A name or place in a message: the same without quotes.
std::string printable(std::string_view text);

} // namespace sagaflow::config
