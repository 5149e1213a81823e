// stages(…) puts steps in order and parallel(…) side by side. What can't be right does not compile.
#pragma once

#include <sagaflow/step.hpp>

#include <array>
#include <tuple>
#include <vector>

namespace sagaflow {

namespace detail {

template <class T>
struct step_traits;
template <class S, class C>
struct step_traits<step<S, C>> {
    using state = S;
    using command = C;
    static constexpr step_kind kind = step_kind::compensatable;
};
template <class S, class C>
struct step_traits<pivot<S, C>> {
    using state = S;
    using command = C;
    static constexpr step_kind kind = step_kind::pivot;
};
template <class S, class C>
struct step_traits<retriable<S, C>> {
    using state = S;
    using command = C;
    static constexpr step_kind kind = step_kind::retriable;
};

template <class T>
concept any_step = requires {
    typename step_traits<T>::state;
};

} // namespace detail

// Steps of one stage: sent together, finished when all are.
template <detail::any_step... Steps>
struct parallel_steps {
    std::tuple<Steps...> steps;
};

template <class... Steps>
auto parallel(Steps... steps) {
    static_assert((detail::any_step<Steps> && ...), "sagaflow: parallel(...) takes steps");
    static_assert(sizeof...(Steps) >= 2,
                  "sagaflow: parallel(...) takes at least two steps; name a single step directly");
    constexpr std::array kinds = {detail::step_traits<Steps>::kind...};
    static_assert(((detail::step_traits<Steps>::kind != step_kind::pivot) && ...),
                  "sagaflow: a pivot stands alone in its stage: while it is undecided nothing else "
                  "may be outstanding");
    static_assert(((detail::step_traits<Steps>::kind == kinds[0]) && ...),
                  "sagaflow: the steps of a stage are all compensatable or all retriable");
    return parallel_steps<Steps...>{{std::move(steps)...}};
}

namespace detail {

template <class T>
struct stage_traits {
    static_assert(any_step<T>,
                  "sagaflow: stages(...) takes steps, pivots, retriables and parallel(...) of them");
    using state = typename step_traits<T>::state;
    static constexpr step_kind kind = step_traits<T>::kind;
};
template <class First, class... Rest>
struct stage_traits<parallel_steps<First, Rest...>> {
    using state = typename step_traits<First>::state;
    static constexpr step_kind kind = step_traits<First>::kind;
    static_assert((std::is_same_v<state, typename step_traits<Rest>::state> && ...),
                  "sagaflow: all steps of a saga share one state type");
};

template <std::size_t N>
constexpr std::size_t count(const std::array<step_kind, N>& kinds, step_kind kind) {
    std::size_t n = 0;
    for (const auto k : kinds) n += k == kind ? 1 : 0;
    return n;
}

// No kind may come after a kind of a later rank.
template <std::size_t N>
constexpr bool comes_before(const std::array<step_kind, N>& kinds, step_kind early, step_kind late) {
    bool seen = false;
    for (const auto k : kinds) {
        if (k == late) seen = true;
        if (seen && k == early) return false;
    }
    return true;
}

template <class Step>
step_plan erase_common(const Step& s, std::size_t stage) {
    using S = typename step_traits<Step>::state;
    using C = typename step_traits<Step>::command;
    using reply = typename C::reply;
    static_assert(encodable<C>,
                  "sagaflow: no codec for this command; include <sagaflow/json.hpp> and describe the type "
                  "with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
    static_assert(decodable<reply>,
                  "sagaflow: no codec for this command's reply; include <sagaflow/json.hpp> and "
                  "describe the type with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
    step_plan p;
    p.name = s.name.text();
    p.kind = step_traits<Step>::kind;
    p.stage = stage;
    p.command_type = C::type;
    if (s.when) p.when = [f = s.when](const void* state) { return f(*static_cast<const S*>(state)); };
    p.send = [f = s.send.function()](const void* state) {
        std::string out;
        codec<C>::encode(f(*static_cast<const S*>(state)), out);
        return out;
    };
    if (s.on_reply) {
        p.on_reply = [f = s.on_reply](void* state, std::string_view body) {
            f(*static_cast<S*>(state), codec<reply>::decode(body));
        };
    } else {
        p.on_reply = [](void*, std::string_view) {};
    }
    p.timeout = s.timeout;
    p.retry = s.retry;
    return p;
}

template <class S, class C>
step_plan erase(const step<S, C>& s, std::size_t stage) {
    step_plan p = erase_common(s, stage);
    if (s.on_rejected)
        p.on_rejected = [f = s.on_rejected](void* state, const rejection& why) {
            f(*static_cast<S*>(state), why);
        };
    p.compensation_type = s.compensate.type();
    p.compensate = s.compensate.make();
    p.compensation_timeout = s.compensation_timeout;
    p.compensation_retry = s.compensation_retry;
    return p;
}
template <class S, class C>
step_plan erase(const pivot<S, C>& s, std::size_t stage) {
    return erase_common(s, stage);
}
template <class S, class C>
step_plan erase(const retriable<S, C>& s, std::size_t stage) {
    step_plan p = erase_common(s, stage);
    if (s.on_rejected)
        p.on_rejected = [f = s.on_rejected](void* state, const rejection& why) {
            f(*static_cast<S*>(state), why);
        };
    return p;
}

template <class Step>
void append(std::vector<step_plan>& out, const Step& s, std::size_t stage) {
    out.push_back(erase(s, stage));
}
template <class... Steps>
void append(std::vector<step_plan>& out, const parallel_steps<Steps...>& group, std::size_t stage) {
    std::apply([&](const auto&... s) { (out.push_back(erase(s, stage)), ...); }, group.steps);
}

} // namespace detail

// The ordered stages of a saga over state S. Made by stages(…) only.
template <class S>
class stage_list {
  public:
    const std::vector<step_plan>& steps() const noexcept { return steps_; }

  private:
    template <class First, class... Rest>
    friend auto stages(const First& first, const Rest&... rest);
    explicit stage_list(std::vector<step_plan> steps) : steps_(std::move(steps)) {}
    std::vector<step_plan> steps_;
};

// Compensatable steps first, then at most one pivot, then retriables.
template <class First, class... Rest>
auto stages(const First& first, const Rest&... rest) {
    using S = typename detail::stage_traits<First>::state;
    static_assert((std::is_same_v<S, typename detail::stage_traits<Rest>::state> && ...),
                  "sagaflow: all steps of a saga share one state type");
    constexpr std::array kinds = {detail::stage_traits<First>::kind, detail::stage_traits<Rest>::kind...};
    static_assert(detail::count(kinds, step_kind::pivot) <= 1,
                  "sagaflow: a saga has at most one pivot: there is one point of no return");
    static_assert(detail::comes_before(kinds, step_kind::compensatable, step_kind::pivot),
                  "sagaflow: a step with a compensation can't come after the pivot: past the point "
                  "of no return nothing "
                  "is undone; make it a retriable, or move it before the pivot");
    static_assert(detail::comes_before(kinds, step_kind::compensatable, step_kind::retriable),
                  "sagaflow: a step with a compensation can't come after a retriable: sending the "
                  "first retriable is "
                  "the point of no return; make it a retriable too, or move it before");
    static_assert(detail::comes_before(kinds, step_kind::pivot, step_kind::retriable),
                  "sagaflow: a pivot can't come after a retriable: the point of no return would be "
                  "passed already");
    std::vector<step_plan> steps;
    std::size_t stage = 0;
    detail::append(steps, first, stage);
    (detail::append(steps, rest, ++stage), ...);
    return stage_list<S>(std::move(steps));
}

} // namespace sagaflow
