// Writing JSON text without a tree: the stored record and the events are written on the hot path.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace sagaflow::core {

// Appends `text` as a JSON string. What is not UTF-8 in it becomes U+FFFD: a stored record must stay
// readable.
void append_string(std::string& out, std::string_view text);

template <std::integral N>
void append_number(std::string& out, N n) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
    out.append(digits.data(), end);
}

// One object, member by member: object_writer o(out); o.text("name", "x"); o.number("n", 1); o.close();
class object_writer {
  public:
    explicit object_writer(std::string& out) : out_(out) { out_.push_back('{'); }

    std::string& key(std::string_view name) {
        if (out_.back() != '{') out_.push_back(',');
        append_string(out_, name);
        out_.push_back(':');
        return out_;
    }
    void text(std::string_view name, std::string_view value) { append_string(key(name), value); }
    template <std::integral N>
    void number(std::string_view name, N value) {
        append_number(key(name), value);
    }
    void flag(std::string_view name) { key(name) += "true"; }
    void raw(std::string_view name, std::string_view json) { key(name) += json; }
    void close() { out_.push_back('}'); }

  private:
    std::string& out_;
};

} // namespace sagaflow::core
