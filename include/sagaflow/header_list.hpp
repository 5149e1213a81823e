// The headers of a message on the wire: names and values, in their order, in one block of memory.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sagaflow::wire {

// Two may have one name. What is read from it is valid until the next add().
class header_list {
  public:
    using value_type = std::pair<std::string_view, std::string_view>; // name, value

    class const_iterator {
      public:
        using iterator_category = std::input_iterator_tag;
        using value_type = header_list::value_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const value_type*;
        using reference = value_type;

        const_iterator() = default;
        value_type operator*() const { return (*of_)[at_]; }
        const_iterator& operator++() {
            ++at_;
            return *this;
        }
        const_iterator operator++(int) { return {of_, at_++}; }
        bool operator==(const const_iterator&) const = default;

      private:
        friend class header_list;
        const_iterator(const header_list* of, std::size_t at) : of_(of), at_(at) {}
        const header_list* of_ = nullptr;
        std::size_t at_ = 0;
    };

    header_list() = default;
    header_list(std::initializer_list<value_type> all) {
        for (const auto& [name, value] : all) add(name, value);
    }

    // Room for so many of the usual size: saves the blocks that it would grow through.
    void reserve(std::size_t count) {
        constexpr std::size_t usual_bytes = 40;
        ends_.reserve(count);
        text_.reserve(count * usual_bytes);
    }

    void add(std::string_view name, std::string_view value) { add({}, name, value); }
    // The name is `prefix` and `name` together.
    void add(std::string_view prefix, std::string_view name, std::string_view value) {
        text_.append(prefix).append(name);
        const auto name_end = text_.size();
        text_.append(value);
        ends_.push_back({name_end, text_.size()});
    }

    std::size_t size() const noexcept { return ends_.size(); }
    bool empty() const noexcept { return ends_.empty(); }
    // Of all names and values.
    std::size_t bytes() const noexcept { return text_.size(); }

    value_type operator[](std::size_t i) const {
        const std::string_view all = text_;
        const auto begin = i == 0 ? 0 : ends_[i - 1].value;
        const auto [name, value] = ends_[i];
        return {all.substr(begin, name - begin), all.substr(name, value - name)};
    }
    const_iterator begin() const noexcept { return {this, 0}; }
    const_iterator end() const noexcept { return {this, ends_.size()}; }

    bool operator==(const header_list&) const = default;

  private:
    struct ends {
        std::size_t name, value; // in text_
        bool operator==(const ends&) const = default;
    };
    std::string text_;
    std::vector<ends> ends_;
};

} // namespace sagaflow::wire
