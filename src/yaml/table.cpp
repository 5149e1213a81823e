#include "yaml/table.hpp"

#include "yaml/value.hpp"

#include <sagaflow/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace sagaflow::config {
namespace {

using detail::entry;
using detail::kind;

constexpr std::string_view file_suffix = "_file";
constexpr std::array options_of_our_own{"config", "check-config", "print-config", "print-reference", "help"};

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// A single `_` inside, so that the `__` of an environment variable is a dot for certain.
bool is_segment(std::string_view name) {
    return !name.empty() && is_letter(name[0]) && name.back() != '_' &&
           name.find("__") == std::string_view::npos &&
           std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_path(std::string_view path) {
    for (auto dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
        if (!is_segment(path.substr(0, dot))) return false;
        path.remove_prefix(dot + 1);
    }
    return is_segment(path);
}

bool is_alias(std::string_view alias) {
    return is_letter(alias[0]) &&
           std::ranges::all_of(alias, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; }) &&
           std::ranges::find(options_of_our_own, alias) == options_of_our_own.end();
}

bool is_below(std::string_view path, std::string_view section) {
    return section.empty() ||
           (path.size() > section.size() && path.starts_with(section) && path[section.size()] == '.');
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw error(errc::invalid_argument, "the setting " + path + " can't be added: " + why);
}

// A required setting has no default, so there is nothing to check.
void check_default(const entry& made) {
    if (made.required || made.type == kind::list || made.type == kind::map) return;
    const detail::value value = made.get();
    if (made.type == kind::choice) {
        const bool named = std::get<std::int64_t>(value) < std::ssize(made.names);
        if (!named) refuse(made.path, "its default has no name");
        return;
    }
    const std::string text = scalar_text(made, value);
    if (!read_value(made, text).value) {
        refuse(made.path, "its default, " + text + ", is not " + expected(made));
    }
}

} // namespace

void table::add(entry made) {
    if (!is_path(made.path)) refuse(made.path, "a path is names of [a-z0-9_] with dots between");
    if (options_of_our_own.end() != std::ranges::find(options_of_our_own, made.path)) {
        refuse(made.path, "there is an option of that name");
    }
    std::vector<std::string> taken{made.path};
    if (made.secret) taken.push_back(made.path + std::string(file_suffix));
    for (const auto& path : taken) {
        const bool inside =
            std::ranges::any_of(entries_, [&](const entry& e) { return is_below(path, e.path); });
        if (find(path) || is_section(path) || inside || find_alias(path)) refuse(path, "the path is taken");
    }
    if (!made.alias.empty() && (!is_alias(made.alias) || find_alias(made.alias) || find(made.alias))) {
        refuse(made.path, "the alias " + made.alias + " is taken or not of [a-z0-9-]");
    }
    check_default(made);
    entries_.push_back(std::move(made));
}

std::optional<table::found> table::find(std::string_view path) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto& candidate = entries_[i];
        if (candidate.path == path) return found{i, false};
        const bool as_file = candidate.secret && path.size() == candidate.path.size() + file_suffix.size() &&
                             path.starts_with(candidate.path) && path.ends_with(file_suffix);
        if (as_file) return found{i, true};
    }
    return std::nullopt;
}

std::optional<table::found_pair> table::find_pair(std::string_view path) const {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const auto& candidate = entries_[i];
        if (candidate.type == kind::map && is_below(path, candidate.path)) {
            return found_pair{i, std::string(path.substr(candidate.path.size() + 1))};
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> table::find_alias(std::string_view alias) const {
    const auto match = std::ranges::find(entries_, alias, &entry::alias);
    if (alias.empty() || match == entries_.end()) return std::nullopt;
    return static_cast<std::size_t>(match - entries_.begin());
}

bool table::is_section(std::string_view path) const {
    return std::ranges::any_of(entries_, [&](const entry& e) { return is_below(e.path, path); });
}

std::vector<std::string> table::names_below(std::string_view section) const {
    std::vector<std::string> names;
    for (const auto& path : paths()) {
        if (!is_below(path, section)) continue;
        const std::string rest = path.substr(section.empty() ? 0 : section.size() + 1);
        const std::string name = rest.substr(0, rest.find('.'));
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

std::vector<std::string> table::paths() const {
    std::vector<std::string> all;
    for (const auto& each : entries_) {
        all.push_back(each.path);
        if (each.secret) all.push_back(each.path + std::string(file_suffix));
    }
    return all;
}

std::string table::only_path_ending_in(std::string_view name) const {
    std::string only;
    for (const auto& path : paths()) {
        if (!path.ends_with("." + std::string(name))) continue;
        if (!only.empty()) return {};
        only = path;
    }
    return only;
}

bool is_name_of_pair(std::string_view name) {
    return !name.empty() && name != "<<" && refuse_text(name).empty();
}

std::string join_path(std::string_view section, std::string_view name) {
    std::string path(section);
    if (!path.empty()) path += '.';
    return path += name;
}

} // namespace sagaflow::config
