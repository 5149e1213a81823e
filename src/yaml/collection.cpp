#include "yaml/collection.hpp"

#include "yaml/disk.hpp"
#include "yaml/nearest.hpp"
#include "yaml/show.hpp"
#include "yaml/value.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace sagaflow::config {
namespace {

constexpr std::size_t largest_secret = 64UL * 1024;

std::string complaint(const detail::entry& entry, const reading& read, const written& scalar) {
    std::string what = "expected " + expected(entry);
    if (!entry.secret) what += ", got " + (scalar.as_seen.empty() ? shown(scalar.text) : scalar.as_seen);
    if (!read.remark.empty()) what += " (" + read.remark + ")";
    if (entry.type == detail::kind::choice) what += did_you_mean(scalar.text, entry.names);
    return what;
}

} // namespace

void collection::set(table::found target, const written& scalar) {
    const auto& entry = known_.entries()[target.index];
    if (!set_once(target.index, scalar.where)) return;
    written given = scalar;
    if (target.as_file) {
        auto secret = read_secret(entry.path, scalar);
        if (!secret) return;
        given.text = std::move(*secret);
    }
    reading read = read_value(entry, given.text);
    if (!read.value) {
        refuse(given.where, entry.path, complaint(entry, read, given));
        return;
    }
    values_[target.index] = {std::move(*read.value), given.where};
}

void collection::set_list(std::size_t target, std::vector<std::string> items, const std::string& where) {
    if (!set_once(target, where)) return;
    for (const auto& item : items) {
        if (auto why = refuse_text(item); !why.empty()) {
            refuse(where, known_.entries()[target].path, "expected a list of texts (" + why + ")");
            return;
        }
    }
    values_[target] = {std::move(items), where};
}

void collection::set_map(std::size_t target, properties pairs, const std::string& where) {
    if (set_once(target, where)) values_[target] = {std::move(pairs), where};
}

void collection::set_pair(const table::found_pair& target, const std::string& text,
                          const std::string& where) {
    mention(target.index);
    auto& slot = values_[target.index];
    if (!slot) slot = {properties{}, where};
    auto& pairs = std::get<properties>(slot->content);
    const auto found = std::ranges::find(pairs, target.name, &property::name);
    if (found == pairs.end()) {
        pairs.push_back({target.name, text, where});
    } else {
        *found = {target.name, text, where};
    }
}

void collection::refuse(std::string where, std::string setting, std::string what) {
    if (mistakes_.size() == most_reported) {
        ++more_;
        return;
    }
    mistakes_.push_back({std::move(where), std::move(setting), std::move(what)});
}

std::vector<mistake> collection::mistakes() const {
    auto all = mistakes_;
    if (more_ > 0) all.push_back({"", "", "and " + std::to_string(more_) + " more mistakes"});
    return all;
}

bool collection::set_once(std::size_t target, const std::string& where) {
    mention(target);
    const auto [before, first] = set_here_.emplace(target, where);
    if (!first) refuse(where, known_.entries()[target].path, "is set twice; first at " + before->second);
    return first;
}

std::optional<std::string> collection::read_secret(const std::string& path, const written& scalar) {
    const auto file = std::filesystem::path(scalar.folder) / scalar.text; // an absolute name stands as it is
    auto [text, problem] = read_whole_file(file.string(), largest_secret);
    if (problem.empty()) {
        if (text.ends_with('\n')) text.pop_back();
        if (text.ends_with('\r')) text.pop_back();
        if (text.empty()) problem = "is empty";
    }
    if (problem.empty()) return std::move(text);
    refuse(scalar.where, path + "_file", "the file " + shown(file.string()) + " " + problem);
    return std::nullopt;
}

std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> items;
    if (text.find_first_not_of(' ') == std::string::npos) return items;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        std::string item = text.substr(start, end - start);
        item.erase(0, std::min(item.find_first_not_of(' '), item.size()));
        item.erase(item.find_last_not_of(' ') + 1);
        items.push_back(std::move(item));
        start = end + 1;
    }
    return items;
}

} // namespace sagaflow::config
