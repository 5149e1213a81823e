// The settings that a program knows, by path.
#pragma once

#include <sagaflow/yaml.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagaflow::config {

class table {
  public:
    // Throws sagaflow::error when it does not fit in: see settings::add.
    void add(detail::entry made);

    const std::vector<detail::entry>& entries() const { return entries_; }

    // A setting by its path, or by `<path>_file` if it is a secret.
    struct found {
        std::size_t index;
        bool as_file; // the value is the name of the file that holds it
    };
    std::optional<found> find(std::string_view path) const;
    // The map of which `path` names a pair: its setting, and the name of the pair.
    struct found_pair {
        std::size_t index;
        std::string name;
    };
    std::optional<found_pair> find_pair(std::string_view path) const;
    std::optional<std::size_t> find_alias(std::string_view alias) const;

    // Whether settings lie below this path.
    bool is_section(std::string_view path) const;
    // The names directly below a section ("" is the top), in the order in which they were added.
    std::vector<std::string> names_below(std::string_view section) const;
    // The paths that a file could hold, `_file` variants included.
    std::vector<std::string> paths() const;
    // The one setting whose path ends in this name; empty when there is none, or several.
    std::string only_path_ending_in(std::string_view name) const;

  private:
    std::vector<detail::entry> entries_;
};

// Whether a pair of a map may have this name.
bool is_name_of_pair(std::string_view name);

// "http" and "port" give "http.port".
std::string join_path(std::string_view section, std::string_view name);

} // namespace sagaflow::config
