// One value as text: read, printed, described.
#pragma once

#include <sagaflow/yaml.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sagaflow::config {

struct reading {
    std::optional<detail::value> value; // empty: the text is none
    std::string remark = {};            // why, when what is expected does not say it
};

// Of every kind but lists and maps.
reading read_value(const detail::entry& entry, std::string_view text);

// Why a text can't be that of a setting, list item or property of any kind; empty when it can.
std::string refuse_text(std::string_view text);

// As in "expected a whole number from 1 to 65535".
std::string expected(const detail::entry& entry);
// The same for a table: "whole number", "1 to 65535".
std::string type_name(const detail::entry& entry);
std::string allowed(const detail::entry& entry);

// Any kind but lists and maps, as read_value() would take it.
std::string scalar_text(const detail::entry& entry, const detail::value& value);

} // namespace sagaflow::config
