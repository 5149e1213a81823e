#include "yaml/command_line.hpp"

#include "yaml/nearest.hpp"
#include "yaml/show.hpp"
#include "yaml/value.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sagaflow::config {
namespace {

using detail::kind;

constexpr std::string_view here = "command line";

struct named_action {
    std::string_view name;
    action wanted;
};
constexpr std::array actions{named_action{"help", action::help}, named_action{"check-config", action::check},
                             named_action{"print-config", action::print},
                             named_action{"print-reference", action::reference}};

std::optional<table::found> find_option(const table& known, const std::string& name) {
    if (const auto by_alias = known.find_alias(name)) return table::found{*by_alias, false};
    return known.find(name);
}

class sorter {
  public:
    sorter(const std::vector<std::string>& arguments, const table& known)
        : arguments_(arguments), known_(known) {}

    command_line sort() {
        while (next_ < arguments_.size()) take(arguments_[next_++]);
        return std::move(result_);
    }

  private:
    void take(const std::string& argument) {
        if (argument == "-h") return take_action("help", action::help, false);
        if (!argument.starts_with("--") || argument.size() == 2) {
            return refuse(std::string(here),
                          "unexpected argument " + shown(argument) + "; options begin with --");
        }
        const auto equals = argument.find('=');
        const std::string name = argument.substr(2, equals == std::string::npos ? equals : equals - 2);
        std::optional<std::string> value;
        if (equals != std::string::npos) value = argument.substr(equals + 1);
        const auto named = std::ranges::find(actions, name, &named_action::name);
        if (named != actions.end()) {
            take_action(name, named->wanted, value.has_value());
        } else if (name == "config") {
            if (result_.file) return refuse("--config", "is given twice");
            result_.file = value_of(name, std::move(value));
            if (result_.file && result_.file->empty()) refuse("--config", "needs the name of a file");
        } else {
            take_option(name, std::move(value));
        }
    }

    void take_action(const std::string& name, action wanted, bool has_value) {
        if (has_value) return refuse("--" + name, "takes no value");
        if (result_.wanted != action::start && result_.wanted != wanted) {
            return refuse("--" + name, "can't be combined with another option of its kind");
        }
        result_.wanted = wanted;
    }

    void take_option(const std::string& name, std::optional<std::string> value) {
        const auto found = find_option(known_, name);
        if (!found && !known_.find_pair(name)) return refuse_unknown(name);
        const bool is_switch = found && known_.entries()[found->index].type == kind::boolean;
        if (is_switch && !value) value = "true";
        if (auto given = value_of(name, std::move(value)))
            result_.options.push_back({name, std::move(*given)});
    }

    // The value after `=`, or the next argument.
    std::optional<std::string> value_of(const std::string& name, std::optional<std::string> value) {
        if (value) return value;
        if (next_ < arguments_.size() && !arguments_[next_].starts_with("--")) return arguments_[next_++];
        const std::string option = "--" + printable(name);
        refuse(option, "needs a value, as in " + option + "=VALUE");
        return std::nullopt;
    }

    void refuse_unknown(const std::string& name) {
        std::vector<std::string> options = known_.paths();
        for (const auto& entry : known_.entries()) options.push_back(entry.alias);
        for (const auto& each : actions) options.emplace_back(each.name);
        options.emplace_back("config");
        std::string best = nearest(name, options);
        if (best.empty()) best = known_.only_path_ending_in(name);
        const std::string hint = best.empty() ? "; --help lists all" : "; did you mean --" + best + "?";
        refuse(std::string(here), "unknown option " + shown("--" + name) + hint);
    }

    void refuse(std::string where, std::string what) {
        result_.mistakes.push_back({std::move(where), "", std::move(what)});
    }

    const std::vector<std::string>& arguments_;
    const table& known_;
    std::size_t next_ = 0;
    command_line result_;
};

void apply(table::found target, const option& given, collection& into) {
    const auto& entry = into.known().entries()[target.index];
    const std::string where = "--" + given.name;
    if (entry.secret && !target.as_file) {
        into.refuse(where, entry.path,
                    "a secret is not taken from the command line, which others can read; use the file, the "
                    "environment, or --" +
                        entry.path + "_file=FILE");
    } else if (entry.type == kind::map) {
        into.refuse(where, entry.path, "expected one pair, as in --" + entry.path + ".name=value");
    } else if (entry.type == kind::list) {
        into.set_list(target.index, split_list(given.value), where);
    } else {
        into.set(target, {.text = given.value, .where = where});
    }
}

void apply_pair(const table::found_pair& pair, const option& given, collection& into) {
    const std::string& path = into.known().entries()[pair.index].path;
    if (!is_name_of_pair(pair.name)) {
        into.refuse("--" + path, path, "expected a pair with a name, as in --" + path + ".name=value");
        return;
    }
    if (auto why = refuse_text(given.value); !why.empty()) {
        into.refuse("--" + path, path, "expected a text (" + why + ")");
        return;
    }
    into.set_pair(pair, given.value, "--" + path);
}

} // namespace

command_line sort_arguments(const std::vector<std::string>& arguments, const table& known) {
    return sorter(arguments, known).sort();
}

void apply_options(const command_line& line, collection& into) {
    into.begin_source();
    for (const auto& [where, setting, what] : line.mistakes) into.refuse(where, setting, what);
    for (const auto& given : line.options) {
        if (const auto found = find_option(into.known(), given.name)) {
            apply(*found, given, into);
        } else if (const auto pair = into.known().find_pair(given.name)) {
            apply_pair(*pair, given, into);
        }
    }
}

} // namespace sagaflow::config
