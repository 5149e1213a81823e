#include "yaml/file.hpp"

#include "yaml/document.hpp"
#include "yaml/nearest.hpp"
#include "yaml/show.hpp"
#include "yaml/value.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace sagaflow::config {
namespace {

using detail::kind;

class file_reader {
  public:
    file_reader(const std::string& name, const environment& variables, collection& into)
        : variables_(variables),
          into_(into),
          folder_(std::filesystem::path(name).parent_path().string()),
          name_(printable(name)) {}

    bool read(const std::string& content) {
        const document parsed = parse_document(content);
        for (const auto& [at, what] : parsed.problems) into_.refuse(place(at), "", what);
        if (parsed.readable) walk(parsed.root, "");
        return parsed.readable;
    }

  private:
    std::string place(position at) const {
        if (at.line == 0) return name_;
        return name_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    }

    void refuse(position at, const std::string& path, std::string what) {
        into_.refuse(place(at), path, std::move(what));
    }

    void walk(const node& tree, const std::string& section) {
        if (tree.is == node::form::null) return; // a section whose settings are all commented out
        if (tree.is != node::form::map) {
            refuse(tree.at, section, "expected settings, as in `name: value`");
            return;
        }
        std::map<std::string, position> seen;
        for (const auto& [key, value] : tree.members) {
            const auto name = name_of(key, section);
            if (!name) continue;
            const std::string path = join_path(section, *name);
            const bool repeated = is_repeated(key, path, seen);
            if (const auto found = into_.known().find(path)) {
                if (!repeated) assign(*found, key.at, value);
            } else if (into_.known().is_section(path)) {
                walk(value, path);
            } else {
                refuse_unknown(key.at, section, *name);
            }
        }
    }

    // Empty, and refused, when it can't be the name of a setting.
    std::optional<std::string> name_of(const node& key, const std::string& section) {
        if (key.is != node::form::scalar || key.text.empty()) {
            refuse(key.at, section, "expected the name of a setting");
        } else if (key.text == "<<") {
            refuse(key.at, section, "merge keys (`<<`) are not supported; write the settings out");
        } else if (section_has_dot(key.text)) {
            refuse(key.at, printable(join_path(section, key.text)),
                   "write one name a level, as in `http:` and below it `port: 8000`");
        } else {
            return key.text;
        }
        return std::nullopt;
    }

    static bool section_has_dot(const std::string& name) { return name.find('.') != std::string::npos; }

    bool is_repeated(const node& key, const std::string& path, std::map<std::string, position>& seen) {
        const auto [before, first] = seen.emplace(path, key.at);
        if (!first) {
            refuse(key.at, printable(path),
                   "is set twice; first at line " + std::to_string(before->second.line));
        }
        return !first;
    }

    void refuse_unknown(position at, const std::string& section, const std::string& name) {
        std::string what = "unknown setting";
        if (into_.wants_hints()) {
            std::string hint = did_you_mean(name, into_.known().names_below(section));
            const std::string elsewhere = into_.known().only_path_ending_in(name);
            if (hint.empty() && !elsewhere.empty()) hint = "; did you mean \"" + elsewhere + "\"?";
            what += hint;
        }
        refuse(at, printable(join_path(section, name)), std::move(what));
    }

    void assign(table::found target, position key, const node& value) {
        const auto& entry = into_.known().entries()[target.index];
        into_.mention(target.index);
        const position at = value.is == node::form::null ? key : value.at;
        if (value.is == node::form::null) {
            refuse(at, entry.path, "has no value; expected " + expected(entry) + ", or leave the line out");
        } else if (entry.type == kind::list) {
            assign_list(target.index, value);
        } else if (entry.type == kind::map) {
            assign_map(target.index, value);
        } else if (value.is != node::form::scalar) {
            refuse(
                at, entry.path,
                "expected " + expected(entry) + ", got a " + (value.is == node::form::list ? "list" : "map"));
        } else if (const auto text = expanded(value, entry.path)) {
            into_.set(target, {.text = text->text,
                               .where = place(at),
                               .as_seen = text->changed ? "what " + shown(value.text) + " stands for" : "",
                               .folder = folder_});
        }
    }

    void assign_list(std::size_t target, const node& value) {
        const std::string& path = into_.known().entries()[target].path;
        if (value.is != node::form::list) {
            refuse(value.at, path, "expected a list of texts, as in `[one, two]`");
            return;
        }
        std::vector<std::string> items;
        for (const auto& item : value.items) {
            if (auto text = text_of(item, path)) items.push_back(std::move(*text));
        }
        if (items.size() == value.items.size()) into_.set_list(target, std::move(items), place(value.at));
    }

    void assign_map(std::size_t target, const node& value) {
        const std::string& path = into_.known().entries()[target].path;
        if (value.is != node::form::map) {
            refuse(value.at, path, "expected a map of texts, as in `name: value`");
            return;
        }
        properties pairs;
        std::map<std::string, position> seen;
        for (const auto& [key, content] : value.members) {
            if (key.is != node::form::scalar || !is_name_of_pair(key.text)) {
                refuse(key.at, path, "expected a name");
                continue;
            }
            const std::string pair_path = join_path(path, key.text);
            if (is_repeated(key, pair_path, seen)) continue;
            if (auto text = text_of(content, printable(pair_path))) {
                pairs.push_back({key.text, std::move(*text), place(content.at)});
            }
        }
        if (pairs.size() == value.members.size()) into_.set_map(target, std::move(pairs), place(value.at));
    }

    // Of an item of a list or a value of a map: any text.
    std::optional<std::string> text_of(const node& value, const std::string& path) {
        if (value.is != node::form::scalar) {
            refuse(value.at, path, "expected a text");
            return std::nullopt;
        }
        auto text = expanded(value, path);
        if (!text) return std::nullopt;
        if (auto why = refuse_text(text->text); !why.empty()) {
            refuse(value.at, path, "expected a text (" + why + ")");
            return std::nullopt;
        }
        return std::move(text->text);
    }

    std::optional<expansion> expanded(const node& value, const std::string& path) {
        expansion result = expand(value.text, variables_);
        if (result.problem.empty()) return result;
        refuse(value.at, path, result.problem);
        return std::nullopt;
    }

    const environment& variables_;
    collection& into_;
    std::string folder_;
    std::string name_;
};

} // namespace

bool read_settings_file(const std::string& name, const std::string& text, const environment& variables,
                        collection& into) {
    into.begin_source();
    return file_reader(name, variables, into).read(text);
}

} // namespace sagaflow::config
