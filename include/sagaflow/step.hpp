// The three kinds of step. Each is an aggregate: write it with designated initializers; a required
// field that is left out does not compile.
#pragma once

#include <sagaflow/codec.hpp>
#include <sagaflow/plan.hpp>

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

namespace sagaflow {

// A command: what is sent to a participant.
// - `static constexpr std::string_view type`: stored and sent; the part before the first dot is its address
//   when no route names one;
// - `using reply = …`: what a success answers.
template <class C>
concept command = requires {
    { C::type } -> std::convertible_to<std::string_view>;
    typename C::reply;
};

// There is nothing that would have to be undone.
struct nothing_to_compensate_t {};
inline constexpr nothing_to_compensate_t nothing_to_compensate{};

// A step's name: letters, digits, '.', '_', '-'; at most 64. It is stored: never rename one in use.
class step_name {
  public:
    step_name(const char* text) : text_(text) {}
    step_name(std::string text) : text_(std::move(text)) {}
    const std::string& text() const noexcept { return text_; }

  private:
    std::string text_;
};

template <class F>
class required_function;

// A std::function that can't be left out.
template <class R, class... Args>
class required_function<R(Args...)> {
  public:
    template <class F>
    requires std::invocable<F&, Args...> required_function(F f) : f_(std::move(f)) {}
    const std::function<R(Args...)>& function() const noexcept { return f_; }

  private:
    std::function<R(Args...)> f_;
};

// Makes the command that undoes a step, from what was known before the step was sent: the step may
// be in doubt, so its reply may never have come.
template <class S>
class compensation {
  public:
    compensation(nothing_to_compensate_t) {}

    template <class F>
    requires std::invocable<F&, const S&> compensation(F f) {
        using command_type = std::remove_cvref_t<std::invoke_result_t<F&, const S&>>;
        static_assert(command<command_type>,
                      "sagaflow: .compensate returns a command (a type with ::type and ::reply)");
        static_assert(encodable<command_type>,
                      "sagaflow: no codec for this compensation command; include "
                      "<sagaflow/json.hpp> and describe the "
                      "type with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
        type_ = command_type::type;
        make_ = [f = std::move(f)](const void* state) {
            std::string out;
            codec<command_type>::encode(f(*static_cast<const S*>(state)), out);
            return out;
        };
    }

    const std::string& type() const noexcept { return type_; }
    const std::function<std::string(const void*)>& make() const noexcept { return make_; }

  private:
    std::string type_;
    std::function<std::string(const void*)> make_;
};

inline constexpr duration default_timeout = std::chrono::seconds(10);

// A step that can be undone.
template <class S, command C>
struct step {
    step_name name;
    std::function<bool(const S&)> when = {}; // false: the step is skipped
    required_function<C(const S&)> send;
    std::function<void(S&, const typename C::reply&)> on_reply = {};
    std::function<void(S&, const rejection&)> on_rejected = {}; // take a rejection into the state and go on
    compensation<S> compensate;                                 // or nothing_to_compensate
    duration timeout = default_timeout;                         // of one attempt
    retry_policy retry = {};
    duration compensation_timeout = default_timeout;
    retry_policy compensation_retry = retry_for_ever;
};

// The point of no return: when it is done, the saga only goes forward. At most one, alone in its
// stage.
template <class S, command C>
struct pivot {
    step_name name;
    std::function<bool(const S&)> when = {};
    required_function<C(const S&)> send;
    std::function<void(S&, const typename C::reply&)> on_reply = {};
    duration timeout = default_timeout;
    retry_policy retry = {};
};

// A step after the point of no return. It can only succeed in the end: by default it is tried for
// ever.
template <class S, command C>
struct retriable {
    step_name name;
    std::function<bool(const S&)> when = {};
    required_function<C(const S&)> send;
    std::function<void(S&, const typename C::reply&)> on_reply = {};
    std::function<void(S&, const rejection&)> on_rejected = {};
    duration timeout = default_timeout;
    retry_policy retry = retry_for_ever;
};

} // namespace sagaflow
