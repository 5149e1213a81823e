#include "yaml/environment.hpp"

#include "yaml/nearest.hpp"
#include "yaml/show.hpp"

#include <utility>

namespace sagaflow::config {
namespace {

using detail::kind;

constexpr std::string_view dot = "__";

std::string place_of(const std::string& variable) {
    return "environment variable " + printable(variable);
}

// The other way round than variable_of(); what comes out need not be a path.
std::string path_of(std::string_view name) {
    std::string path;
    while (!name.empty()) {
        if (name.starts_with(dot)) {
            path += '.';
            name.remove_prefix(dot.size());
            continue;
        }
        path += static_cast<char>(name[0] >= 'A' && name[0] <= 'Z' ? name[0] - 'A' + 'a' : name[0]);
        name.remove_prefix(1);
    }
    return path;
}

void set_from_variable(table::found target, const std::string& where, const std::string& value,
                       collection& into) {
    const auto& entry = into.known().entries()[target.index];
    if (entry.type == kind::map) {
        into.refuse(where, entry.path, "a map can't be set in the environment; set it in the file");
    } else if (entry.type == kind::list) {
        into.set_list(target.index, split_list(value), where);
    } else {
        into.set(target, {.text = value, .where = where});
    }
}

} // namespace

std::string variable_of(std::string_view path, std::string_view prefix) {
    std::string variable(prefix);
    variable += dot;
    for (const char c : path) {
        if (c == '.') {
            variable += dot;
        } else {
            variable += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        }
    }
    return variable;
}

void read_environment(const environment& variables, const std::string& prefix, collection& into) {
    into.begin_source();
    const std::string start = prefix + std::string(dot);
    for (auto each = variables.lower_bound(start); each != variables.end() && each->first.starts_with(start);
         ++each) {
        const auto& [name, value] = *each;
        const std::string path = path_of(std::string_view(name).substr(start.size()));
        const auto found = into.known().find(path);
        if (found && variable_of(path, prefix) == name) {
            set_from_variable(*found, place_of(name), value, into);
            continue;
        }
        std::vector<std::string> known;
        if (into.wants_hints()) {
            for (const auto& candidate : into.known().paths())
                known.push_back(variable_of(candidate, prefix));
        }
        into.refuse(place_of(name), "", "no setting has this variable" + did_you_mean(name, known));
    }
}

} // namespace sagaflow::config
