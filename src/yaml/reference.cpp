#include "yaml/environment.hpp"
#include "yaml/print.hpp"
#include "yaml/show.hpp"
#include "yaml/value.hpp"

#include <algorithm>
#include <ostream>
#include <string>
#include <utility>

namespace sagaflow::config {
namespace {

using detail::kind;

std::string default_text(const detail::entry& entry, const detail::value& value) {
    if (entry.required) return "required";
    if (entry.type == kind::map) {
        std::string all;
        for (const auto& pair : std::get<properties>(value)) {
            all += (all.empty() ? "" : ", ") + pair.name + ": " + to_yaml(pair);
        }
        return "{" + all + "}";
    }
    return to_yaml(entry, value);
}

// For a cell of a table.
std::string cell(std::string text) {
    for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2))
        text.insert(at, "\\");
    std::ranges::replace(text, '\n', ' ');
    return text;
}

std::string section_of(const detail::entry& entry) {
    const auto dot = entry.path.find('.');
    return dot == std::string::npos ? "" : entry.path.substr(0, dot);
}

std::string notes(const detail::entry& entry) {
    std::string text = entry.describe;
    if (entry.secret)
        text += (text.empty() ? "" : " ") + ("A file that holds it: `" + entry.path + "_file`.");
    if (!entry.alias.empty()) text += (text.empty() ? "" : " ") + ("Short: `--" + entry.alias + "`.");
    return text;
}

void print_table(const table& known, const std::vector<detail::value>& defaults, const std::string& section,
                 std::ostream& out) {
    out << "\n| Setting | Type | Default | Allowed | Reload | Meaning |\n|---|---|---|---|---|---|\n";
    for (std::size_t i = 0; i < known.entries().size(); ++i) {
        const auto& entry = known.entries()[i];
        if (section_of(entry) != section) continue;
        const std::string standard = default_text(entry, defaults[i]);
        out << "| `" << entry.path << "` | " << cell(type_name(entry)) << " | `" << cell(standard) << "` | "
            << cell(allowed(entry)) << " | " << (entry.reloadable ? "yes" : "no") << " | "
            << cell(notes(entry)) << " |\n";
    }
}

} // namespace

void print_reference(const table& known, const std::vector<detail::value>& defaults, const program& about,
                     std::ostream& out) {
    out << "# Settings of " << about.name << "\n\n"
        << "A setting is taken from the first of these that has it: the command line (`--http.port=8000`), "
           "the\n"
        << "environment (`" << variable_of("http.port", about.environment_prefix)
        << "`), the file (`http:` and below\n"
        << "it `port: 8000`), the default. Durations have a unit (`200ms`, `5s`, `10min`, `2h`, `30d`), so "
           "do sizes\n"
        << "(`64KiB`, `16MiB`). `${NAME}` and `${NAME:-default}` in the file stand for environment "
           "variables.\n"
        << "\"Reload\" says whether a running program takes over a new value.\n";
    std::vector<std::string> sections;
    for (const auto& entry : known.entries()) {
        const std::string section = section_of(entry);
        if (std::ranges::find(sections, section) == sections.end()) sections.push_back(section);
    }
    std::ranges::stable_sort(sections, [](const auto& a, const auto& b) { return a.empty() && !b.empty(); });
    for (const auto& section : sections) {
        if (!section.empty()) out << "\n## " << section << "\n";
        print_table(known, defaults, section, out);
    }
}

void print_help(const table& known, const std::vector<detail::value>& defaults, const program& about,
                std::ostream& out) {
    out << "usage: " << about.name << " [options]\n";
    if (!about.about.empty()) out << about.about << "\n";
    out << "\n  --config FILE      read settings from this file"
        << (about.default_file.empty() ? "" : "; else from " + about.default_file + ", if there is one")
        << "\n"
        << "  --check-config     say what is wrong with the settings, and end (status 1 if anything is)\n"
        << "  --print-config     print the settings in force and where each comes from, and end\n"
        << "  --print-reference  print the page about all settings, and end\n"
        << "  --help             print this, and end\n"
        << "\nSettings (file, environment " << about.environment_prefix << "__..., command line):\n";
    for (std::size_t i = 0; i < known.entries().size(); ++i) {
        const auto& entry = known.entries()[i];
        const std::string range = allowed(entry);
        out << "  --" << entry.path << (entry.secret ? "_file" : "");
        if (!entry.alias.empty()) out << ", --" << entry.alias;
        out << "\n      " << entry.describe << (entry.describe.empty() ? "" : " ") << "(" << type_name(entry)
            << (range.empty() ? "" : ", " + range) << "; " << (entry.required ? "" : "default ")
            << default_text(entry, defaults[i]) << ")\n";
    }
}

} // namespace sagaflow::config
