#include "core/command_id.hpp"

#include <array>
#include <charconv>

namespace sagaflow::core {

namespace {

template <class N>
void append_number(std::string& out, N n) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
    out.append(digits.data(), end);
}

template <class N>
std::optional<N> read_number(std::string_view text) {
    N n = 0;
    const auto* end = text.data() + text.size();
    const auto [at, ec] = std::from_chars(text.data(), end, n);
    if (ec != std::errc() || at != end || text.empty() || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    return n;
}

// Cuts the part after the last `mark` off `text` and returns it.
std::optional<std::string_view> cut_last(std::string_view& text, char mark) {
    const auto at = text.rfind(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const auto part = text.substr(at + 1);
    text.remove_suffix(text.size() - at);
    return part;
}

} // namespace

std::string format(const command_id& id) {
    std::string out;
    out.reserve(id.saga.size() + id.step.size() + 40);
    out.append(id.saga).push_back('~');
    append_number(out, id.birth);
    out.append("/").append(id.step).append(id.compensation ? "/compensation" : "/action");
    if (id.number > 1) {
        out.push_back('/');
        append_number(out, id.number);
    }
    return out;
}

std::optional<command_id> parse_command_id(std::string_view text) {
    command_id id;
    auto last = cut_last(text, '/');
    if (!last) return std::nullopt;
    if (const auto n = read_number<std::uint32_t>(*last)) {
        if (*n < 2) return std::nullopt;
        id.number = *n;
        last = cut_last(text, '/');
        if (!last) return std::nullopt;
    }
    if (*last != "action" && *last != "compensation") return std::nullopt;
    id.compensation = *last == "compensation";
    const auto step = cut_last(text, '/');
    const auto birth_text = step ? cut_last(text, '~') : std::nullopt;
    const auto birth = birth_text ? read_number<std::uint64_t>(*birth_text) : std::nullopt;
    if (!birth || *birth == 0 || step->empty() || text.empty()) return std::nullopt;
    id.saga = text;
    id.birth = *birth;
    id.step = *step;
    return id;
}

std::string_view common_part(std::string_view text, const command_id& parsed) {
    const auto end = parsed.step.data() + parsed.step.size();
    return text.substr(0, static_cast<std::size_t>(end - text.data()));
}

} // namespace sagaflow::core
