#include "yaml/print.hpp"
#include "yaml/show.hpp"

#include <ostream>
#include <string>

namespace sagaflow::config {
namespace {

class printer {
  public:
    printer(const table& known, const std::vector<assignment>& in_force, std::ostream& out)
        : known_(known), in_force_(in_force), out_(out) {}

    void section(const std::string& path, const std::string& indent) {
        for (const auto& name : known_.names_below(path)) {
            const std::string inner = join_path(path, name);
            const auto found = known_.find(inner);
            if (!found) {
                out_ << indent << name << ":\n";
                section(inner, indent + "  ");
            } else if (!found->as_file) {
                setting(found->index, indent + name);
            }
        }
    }

  private:
    void setting(std::size_t index, const std::string& name) {
        const auto& entry = known_.entries()[index];
        const auto& [content, origin] = in_force_[index];
        const auto* pairs = std::get_if<properties>(&content);
        if (pairs == nullptr) {
            out_ << name << ": " << to_yaml(entry, content) << " # " << origin << "\n";
            return;
        }
        out_ << name << (pairs->empty() ? ": {} # " : ": # ") << origin << "\n";
        const std::string indent(name.find_first_not_of(' ') + 2, ' ');
        for (const auto& pair : *pairs) {
            out_ << indent << quoted(pair.name) << ": " << to_yaml(pair);
            if (!pair.where.empty()) out_ << " # " << pair.where;
            out_ << "\n";
        }
    }

    const table& known_;
    const std::vector<assignment>& in_force_;
    std::ostream& out_;
};

} // namespace

void print_effective(const table& known, const std::vector<assignment>& in_force, std::ostream& out) {
    printer(known, in_force, out).section("", "");
}

} // namespace sagaflow::config
