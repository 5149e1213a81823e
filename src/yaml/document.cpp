#include "yaml/document.hpp"

#include "text/utf8.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace sagaflow::config {
namespace {

// What the tree may cost once aliases are written out: about 100,000 short values, or one of the largest
// size.
constexpr std::size_t largest_tree = 2 * largest_document;
constexpr std::size_t cost_of_a_node = 16;

position to_position(const YAML::Mark& mark) {
    return mark.is_null() ? position{} : position{mark.line + 1, mark.column + 1};
}

// Ends the parsing; the problem is the reason.
struct stop {
    document_problem why;
};

std::size_t cost_of(const node& tree) {
    std::size_t sum = cost_of_a_node + tree.text.size();
    for (const auto& item : tree.items) sum += cost_of(item);
    for (const auto& [key, value] : tree.members) sum += cost_of(key) + cost_of(value);
    return sum;
}

// Events are used, not yaml-cpp's own nodes: those follow aliases into cycles, lose repeated keys and change
// under an assignment.
class builder final : public YAML::EventHandler {
  public:
    explicit builder(document& target) : document_(target) {}

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (!begun_) {
            begun_ = true;
            return;
        }
        throw stop{
            {to_position(mark),
             "a second document begins here, which a settings file can't have: a line `---` or `...`, or "
             "text that is not one more key of the map above"}};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        finish(node(node::form::null, to_position(mark)), anchor, mark);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        refuse_tag(mark, tag);
        finish(node(node::form::scalar, to_position(mark), text), anchor, mark);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            throw stop{{to_position(mark), "an alias can't stand inside of what it refers to"}};
        }
        finish_copy(found->second, mark);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(node::form::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(node::form::map, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct container {
        node tree;
        YAML::anchor_t anchor;
        YAML::Mark mark;
        std::optional<node> key = {}; // of the member whose value comes next
    };

    void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        // yaml-cpp gives "?" to a plain value without a tag and "!" to a quoted one.
        if (tag.empty() || tag == "?" || tag == "!") return;
        document_.problems.push_back(
            {to_position(mark), "has a tag (`!...`), which settings do not have; write the plain value"});
    }

    void open(node::form form, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        refuse_tag(mark, tag);
        if (open_.size() == deepest_document) {
            throw stop{
                {to_position(mark), "is nested deeper than " + std::to_string(deepest_document) + " levels"}};
        }
        open_.push_back({node(form, to_position(mark)), anchor, mark});
    }

    void close() {
        container closed = std::move(open_.back());
        open_.pop_back();
        finish(std::move(closed.tree), closed.anchor, closed.mark);
    }

    void finish(node done, YAML::anchor_t anchor, const YAML::Mark& mark) {
        if (anchor != 0) {
            spend(cost_of(done), mark);
            anchors_.insert_or_assign(anchor, done);
        }
        attach(std::move(done), mark);
    }
    void finish_copy(const node& copy, const YAML::Mark& mark) {
        spend(cost_of(copy), mark);
        check_depth(copy, open_.size(), mark);
        attach(copy, mark);
    }

    void attach(node done, const YAML::Mark& mark) {
        spend(cost_of_a_node + done.text.size(), mark);
        if (open_.empty()) {
            document_.root = std::move(done);
            return;
        }
        container& parent = open_.back();
        if (parent.tree.is == node::form::list) {
            parent.tree.items.push_back(std::move(done));
        } else if (!parent.key) {
            parent.key = std::move(done);
        } else {
            parent.tree.members.push_back({std::move(*parent.key), std::move(done)});
            parent.key.reset();
        }
    }

    void spend(std::size_t cost, const YAML::Mark& mark) {
        spent_ += cost;
        if (spent_ > largest_tree) {
            throw stop{{to_position(mark), "too many values for a settings file (with aliases followed)"}};
        }
    }

    static void check_depth(const node& tree, std::size_t depth, const YAML::Mark& mark) {
        if (tree.is != node::form::list && tree.is != node::form::map) return;
        if (depth == deepest_document) {
            throw stop{{to_position(mark), "is nested deeper than " + std::to_string(deepest_document) +
                                               " levels once its aliases are followed"}};
        }
        for (const auto& item : tree.items) check_depth(item, depth + 1, mark);
        for (const auto& [key, value] : tree.members) {
            check_depth(key, depth + 1, mark);
            check_depth(value, depth + 1, mark);
        }
    }

    document& document_;
    bool begun_ = false;
    std::vector<container> open_;
    std::map<YAML::anchor_t, node> anchors_;
    std::size_t spent_ = 0;
};

position position_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const auto line_start = before.rfind('\n');
    const auto column = line_start == std::string_view::npos ? offset : offset - line_start - 1;
    return {static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(column) + 1};
}

// The bytes that no settings file holds, found before the parser guesses an encoding.
std::optional<document_problem> find_unreadable(std::string_view content) {
    for (std::size_t i = 0; i < content.size();) {
        const auto byte = static_cast<unsigned char>(content[i]);
        const std::size_t length = text::decode_utf8(content.substr(i)).bytes;
        if (length == 0) return document_problem{position_of(content, i), "is not UTF-8"};
        if ((byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F) {
            return document_problem{position_of(content, i),
                                    "a control character, which YAML does not allow"};
        }
        i += length;
    }
    return std::nullopt;
}

bool is_indented_with_a_tab(const std::string& content, int line) {
    std::istringstream lines(content);
    std::string text;
    for (int i = 0; i <= line; ++i) std::getline(lines, text);
    return text.find('\t') < text.find_first_not_of(" \t");
}

// yaml-cpp's own words, except those that say nothing or repeat a part of the text after a colon.
std::string reason(const YAML::ParserException& failure, const std::string& content) {
    if (failure.msg == YAML::ErrorMsg::BAD_FILE) return "is not YAML, or nested too deeply";
    std::string why = "is not YAML: " + failure.msg.substr(0, failure.msg.find(':'));
    const bool says_so = failure.msg == YAML::ErrorMsg::TAB_IN_INDENTATION;
    if (!says_so && is_indented_with_a_tab(content, failure.mark.line)) {
        why += "; this line is indented with a tab, use spaces";
    }
    return why;
}

} // namespace

document parse_document(const std::string& text) {
    document result;
    const auto give_up = [&result](document_problem why) {
        result.problems.push_back(std::move(why));
        result.readable = false;
        return std::move(result);
    };
    if (text.size() > largest_document) return give_up({{}, "is larger than 1 MiB"});
    if (auto unreadable = find_unreadable(text)) return give_up(std::move(*unreadable));
    try {
        std::istringstream in(text);
        YAML::Parser parser(in);
        builder target(result);
        while (parser.HandleNextDocument(target)) {
        }
    } catch (const stop& stopped) {
        return give_up(stopped.why);
    } catch (const YAML::ParserException& failure) {
        return give_up({to_position(failure.mark), reason(failure, text)});
    }
    return result;
}

} // namespace sagaflow::config
