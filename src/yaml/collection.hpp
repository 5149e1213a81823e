// What the sources say, gathered before anything is changed: a value a setting at most, the later source's,
// and every mistake.
#pragma once

#include "yaml/table.hpp"

#include <sagaflow/yaml.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sagaflow::config {

struct assignment {
    detail::value content;
    std::string origin;
};

// A scalar as a source has it.
struct written {
    std::string text;
    std::string where;        // for messages and as the origin
    std::string as_seen = {}; // what a message may repeat instead of the text
    std::string folder = {};  // relative names of secret files start here
};

class collection {
  public:
    explicit collection(const table& known)
        : known_(known), values_(known.entries().size()), mentioned_(known.entries().size()) {}

    // Within a source nothing may be set twice; over an earlier one it may.
    void begin_source() { set_here_.clear(); }

    // Says that a source names this setting, however wrongly: then it is not missing. Those below do so too.
    void mention(std::size_t target) { mentioned_[target] = true; }
    void set(table::found target, const written& scalar);
    void set_list(std::size_t target, std::vector<std::string> items, const std::string& where);
    void set_map(std::size_t target, properties pairs, const std::string& where);
    // Replaces the pair of that name, or adds it.
    void set_pair(const table::found_pair& target, const std::string& text, const std::string& where);

    void refuse(std::string where, std::string setting, std::string what);

    const table& known() const { return known_; }
    const std::vector<std::optional<assignment>>& values() const { return values_; }
    // Also when what was said is a mistake.
    bool is_mentioned(std::size_t target) const { return mentioned_[target]; }
    // All of them, or the first hundred and how many more there are.
    std::vector<mistake> mistakes() const;
    // Costly hints are left out once nobody will read them.
    bool wants_hints() const { return mistakes_.size() < most_reported; }

  private:
    static constexpr std::size_t most_reported = 100;

    // Whether the target may be set; if this source has done so before, that is refused.
    bool set_once(std::size_t target, const std::string& where);
    std::optional<std::string> read_secret(const std::string& path, const written& scalar);

    const table& known_;
    std::vector<std::optional<assignment>> values_;
    std::vector<bool> mentioned_;
    std::map<std::size_t, std::string> set_here_;
    std::vector<mistake> mistakes_;
    std::size_t more_ = 0;
};

// Separated by commas, blanks around each left out; an empty text is an empty list.
std::vector<std::string> split_list(const std::string& text);

} // namespace sagaflow::config
