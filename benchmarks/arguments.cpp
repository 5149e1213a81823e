#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bench {

namespace {

std::string known(const std::vector<option>& options) {
    std::string text;
    for (const auto& o : options) text += " --" + std::string(o.name) + " (" + std::to_string(o.value) + ")";
    return options.empty() ? "it takes none" : "it takes" + text;
}

std::uint64_t number(std::string_view name, std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || value == 0)
        throw std::invalid_argument("--" + std::string(name) + ": expected a whole number from 1, got \"" +
                                    std::string(text) + "\"");
    return value;
}

} // namespace

arguments::arguments(std::vector<option> defaults, std::span<const std::string_view> given)
    : options_(std::move(defaults)) {
    for (std::size_t i = 0; i < given.size(); i += 2) {
        const auto found = std::ranges::find_if(
            options_, [&](const option& o) { return given[i] == "--" + std::string(o.name); });
        if (found == options_.end())
            throw std::invalid_argument("unknown option " + std::string(given[i]) + ": " + known(options_));
        if (i + 1 == given.size()) throw std::invalid_argument(std::string(given[i]) + " needs a value");
        found->value = number(found->name, given[i + 1]);
    }
}

std::uint64_t arguments::operator[](std::string_view name) const {
    const auto found = std::ranges::find(options_, name, &option::name);
    if (found == options_.end())
        throw std::logic_error("no option " + std::string(name) + " in this benchmark's table");
    return found->value;
}

} // namespace bench
