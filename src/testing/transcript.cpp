#include "testing/player.hpp"
#include "testing/words.hpp"

#include <sagaflow/testing/transcript.hpp>

#include <vector>

namespace sagaflow::testing {

namespace {

struct line {
    std::string comes;
    std::string goes;
};

std::vector<line> read(std::string_view text) {
    std::vector<line> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto one = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (one.empty() || one.front() == '#') continue;
        const auto arrow = one.find("->");
        if (arrow != std::string_view::npos)
            lines.push_back({squeezed(one.substr(0, arrow)), squeezed(one.substr(arrow + 2))});
        else if (!lines.empty())
            lines.back().goes += " " + squeezed(one);
        else
            throw error(errc::invalid_argument,
                        "the transcript's line '" + std::string(one) + "' has no '->'");
    }
    return lines;
}

// Reasons stand in parentheses, which neither names nor states hold; JSON may, within its quotes.
std::string without_reasons(std::string_view text) {
    std::string out;
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (depth == 0 && c == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
        if (!quoted && c == '(') ++depth;
        if (depth == 0) out.push_back(c);
        if (!quoted && c == ')') --depth;
    }
    return squeezed(out);
}

std::string squeezed_before_marks(std::string text) {
    for (auto at = text.find(" ;"); at != std::string::npos; at = text.find(" ;")) text.erase(at, 1);
    return text;
}

bool fits(const std::string& expected, const std::string& actual) {
    const auto plain = squeezed_before_marks(without_reasons(actual));
    return expected == actual || (without_reasons(expected) == expected && expected == plain);
}

} // namespace

std::string check(std::shared_ptr<const plan> definition, std::string input, std::string_view transcript) {
    const auto lines = read(transcript);
    player p(std::move(definition), std::move(input));
    std::string first;
    std::string whole;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto actual = squeezed(p.play(lines[i].comes));
        whole += "  " + lines[i].comes + " -> " + actual + "\n";
        if (first.empty() && !fits(lines[i].goes, actual))
            first = "line " + std::to_string(i + 1) + " goes otherwise: " + lines[i].comes +
                    "\n  expected: " + lines[i].goes + "\n  actual:   " + actual + "\n";
    }
    return first.empty() ? "" : first + "the whole, as it went:\n" + whole;
}

} // namespace sagaflow::testing
