// result<T>: a value or the failure that stands in its place.
#pragma once

#include <sagaflow/error.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace sagaflow {

// Holds either a T or a failure. Cheap to move; no allocation of its own.
template <class T>
class [[nodiscard]] result {
  public:
    result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    result(failure why) : content_(std::in_place_index<1>, std::move(why)) {}

    bool has_value() const noexcept { return content_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    // The value; throws sagaflow::error when there is none.
    T& value() & { return check(), *std::get_if<0>(&content_); }
    const T& value() const& { return check(), *std::get_if<0>(&content_); }
    T&& value() && { return check(), std::move(*std::get_if<0>(&content_)); }

    // Precondition: has_value().
    T& operator*() & noexcept { return *std::get_if<0>(&content_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&content_); }
    T* operator->() noexcept { return std::get_if<0>(&content_); }
    const T* operator->() const noexcept { return std::get_if<0>(&content_); }

    // Precondition: !has_value().
    const failure& error() const noexcept { return *std::get_if<1>(&content_); }

  private:
    void check() const {
        if (const auto* why = std::get_if<1>(&content_)) throw sagaflow::error(why->code, why->message);
    }
    std::variant<T, failure> content_;
};

// A result that carries no value.
template <>
class [[nodiscard]] result<void> {
  public:
    result() = default;
    result(failure why) : why_(std::move(why)) {}

    bool has_value() const noexcept { return !why_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    void value() const {
        if (why_) throw sagaflow::error(why_->code, why_->message);
    }
    // Precondition: !has_value().
    const failure& error() const noexcept { return *why_; }

  private:
    std::optional<failure> why_;
};

} // namespace sagaflow
