#include "yaml/collection.hpp"
#include "yaml/command_line.hpp"
#include "yaml/disk.hpp"
#include "yaml/document.hpp"
#include "yaml/environment.hpp"
#include "yaml/expand.hpp"
#include "yaml/file.hpp"
#include "yaml/print.hpp"
#include "yaml/show.hpp"
#include "yaml/table.hpp"

#include <sagaflow/yaml.hpp>

#include <filesystem>
#include <ostream>
#include <utility>

#include <unistd.h>

namespace sagaflow::config {
namespace {

constexpr const char* origin_of_defaults = "default";

environment to_map(const std::vector<std::string>& variables) {
    environment result;
    for (const auto& each : variables) {
        const auto equals = each.find('=');
        if (equals != std::string::npos) result.emplace(each.substr(0, equals), each.substr(equals + 1));
    }
    return result;
}

} // namespace

std::string mistake::text() const {
    std::string all;
    for (const auto* part : {&where, &setting, &what}) {
        if (!part->empty()) all += (all.empty() ? "" : ": ") + *part;
    }
    return all;
}

struct settings::state {
    explicit state(program chosen) : about(std::move(chosen)) {}

    // Everything that the sources say; mistakes included, nothing changed.
    collection gather(const sources& from) const {
        const command_line line = sort_arguments(from.arguments, known);
        const environment variables = to_map(from.environment);
        collection all(known);
        const std::string file = line.file.value_or(from.file);
        const bool readable = gather_file(file, line.file ? std::nullopt : from.text, variables, all);
        read_environment(variables, about.environment_prefix, all);
        apply_options(line, all);
        if (readable) refuse_missing(file, all);
        return all;
    }

    bool gather_file(const std::string& name, const std::optional<std::string>& text,
                     const environment& variables, collection& all) const {
        if (name.empty() && !text) return true;
        if (text) return read_settings_file(name, *text, variables, all);
        const auto [content, problem] = read_whole_file(name, largest_document);
        if (problem.empty()) return read_settings_file(name, content, variables, all);
        all.refuse(printable(name), "", problem);
        return false;
    }

    void refuse_missing(const std::string& file, collection& all) const {
        for (std::size_t i = 0; i < known.entries().size(); ++i) {
            const auto& entry = known.entries()[i];
            if (!entry.required || all.is_mentioned(i)) continue;
            all.refuse(file.empty() ? "settings" : printable(file), entry.path,
                       "is required; set it in the file, as " +
                           variable_of(entry.path, about.environment_prefix) + ", or as --" + entry.path +
                           (entry.secret ? "_file" : ""));
        }
    }

    assignment value_of(const collection& all, std::size_t index) const {
        const auto& set = all.values()[index];
        return set ? *set : assignment{defaults[index], origin_of_defaults};
    }

    // Writes those of `next` that are `chosen` to the structs, and puts all in force if the program's own
    // checks agree; else puts the structs back.
    std::vector<mistake> adopt(std::vector<assignment> next, const std::vector<std::size_t>& chosen) {
        std::vector<detail::value> before;
        before.reserve(chosen.size());
        for (const auto i : chosen) before.push_back(known.entries()[i].get());
        const auto put_back = [&] {
            for (std::size_t n = 0; n < chosen.size(); ++n) known.entries()[chosen[n]].set(before[n]);
        };
        for (const auto i : chosen) known.entries()[i].set(next[i].content);
        std::vector<mistake> mistakes;
        try {
            for (const auto& check : checks) {
                check([&](std::string_view setting, std::string what) {
                    mistakes.push_back({origin_of(setting, next), std::string(setting), std::move(what)});
                });
            }
        } catch (...) {
            put_back();
            throw;
        }
        if (mistakes.empty()) {
            in_force = std::move(next);
        } else {
            put_back();
        }
        return mistakes;
    }

    std::string origin_of(std::string_view setting, const std::vector<assignment>& values) const {
        if (const auto found = known.find(setting)) return values[found->index].origin;
        const auto pair = known.find_pair(setting);
        if (!pair) return "settings";
        for (const auto& each : std::get<properties>(values[pair->index].content)) {
            if (each.name == pair->name) return each.where;
        }
        return values[pair->index].origin;
    }

    program about;
    table known;
    std::vector<detail::value> defaults;
    std::vector<assignment> in_force;
    std::vector<std::function<void(const refuse&)>> checks;
    sources last;
};

settings::settings(program about) : state_(std::make_unique<state>(std::move(about))) {}
settings::~settings() = default;
settings::settings(settings&&) noexcept = default;
settings& settings::operator=(settings&&) noexcept = default;

void settings::add(detail::entry made) {
    state_->known.add(std::move(made));
    state_->defaults.push_back(state_->known.entries().back().get());
    state_->in_force.push_back({state_->defaults.back(), origin_of_defaults});
}

void settings::check(std::function<void(const refuse&)> check) {
    state_->checks.push_back(std::move(check));
}

std::vector<mistake> settings::load(const sources& from) {
    const collection all = state_->gather(from);
    if (auto mistakes = all.mistakes(); !mistakes.empty()) return mistakes;
    std::vector<assignment> next;
    std::vector<std::size_t> every;
    for (std::size_t i = 0; i < state_->defaults.size(); ++i) {
        next.push_back(state_->value_of(all, i));
        every.push_back(i);
    }
    auto mistakes = state_->adopt(std::move(next), every);
    if (mistakes.empty()) state_->last = from;
    return mistakes;
}

reloaded settings::reload() {
    const collection all = state_->gather(state_->last);
    reloaded result{.mistakes = all.mistakes()};
    if (!result.mistakes.empty()) return result;
    std::vector<assignment> next = state_->in_force;
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < next.size(); ++i) {
        const auto& entry = state_->known.entries()[i];
        assignment wanted = state_->value_of(all, i);
        if (wanted.content == next[i].content) {
            next[i].origin = std::move(wanted.origin);
        } else if (entry.reloadable) {
            next[i] = std::move(wanted);
            changed.push_back(i);
        } else {
            result.warnings.push_back(
                wanted.origin + ": " + entry.path +
                ": has a new value, which the program takes over only when it starts again");
        }
    }
    result.mistakes = state_->adopt(std::move(next), changed);
    if (!result.mistakes.empty()) return result;
    for (const auto i : changed) result.changed.push_back(state_->known.entries()[i].path);
    return result;
}

std::optional<int> settings::start(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
    sources from;
    from.arguments.assign(argv + (argc > 0 ? 1 : 0), argv + argc);
    for (char** variable = environ; *variable != nullptr; ++variable)
        from.environment.emplace_back(*variable);
    std::error_code ignored;
    if (std::filesystem::exists(state_->about.default_file, ignored)) from.file = state_->about.default_file;
    return start(from, out, err);
}

std::optional<int> settings::start(const sources& from, std::ostream& out, std::ostream& err) {
    const action wanted = sort_arguments(from.arguments, state_->known).wanted;
    if (wanted == action::help) return print_help(out), 0;
    if (wanted == action::reference) return print_reference(out), 0;
    const auto mistakes = load(from);
    for (const auto& each : mistakes) err << each.text() << "\n";
    if (!mistakes.empty()) return 1;
    if (wanted == action::check) return out << "the settings are valid\n", 0;
    if (wanted == action::print) return print_effective(out), 0;
    return std::nullopt;
}

void settings::print_effective(std::ostream& out) const {
    config::print_effective(state_->known, state_->in_force, out);
}

void settings::print_reference(std::ostream& out) const {
    config::print_reference(state_->known, state_->defaults, state_->about, out);
}

void settings::print_help(std::ostream& out) const {
    config::print_help(state_->known, state_->defaults, state_->about, out);
}

} // namespace sagaflow::config
