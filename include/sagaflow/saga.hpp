// saga<S>: a definition as a value. It can be checked, printed, drawn, compared with what is
// stored, and simulated.
#pragma once

#include <sagaflow/stages.hpp>

#include <memory>
#include <string>

namespace sagaflow {

// What a .status function sees.
template <class S>
class view {
  public:
    view(const S& state, const progress& at) : state_(state), at_(at) {}

    const S& state() const noexcept { return state_; }
    saga_state saga() const noexcept { return at_.state; }
    // Why it compensates, is suspended or was abandoned; else empty.
    std::string_view reason() const noexcept { return at_.reason; }
    // Throws for a name that the saga does not have.
    step_state step(std::string_view name) const { return at_.step(name).state; }
    // The reason of that step's rejection; else empty.
    std::string_view rejection_of(std::string_view name) const { return at_.step(name).reason; }

  private:
    const S& state_;
    const progress& at_;
};

// The document that watchers see: a pure function of the view, to any type with a codec. Evaluated
// at each transition.
template <class S>
class status_function {
  public:
    status_function() = default;

    template <class F>
    requires(std::invocable<F&, const view<S>&>) status_function(F f) {
        using document = std::remove_cvref_t<std::invoke_result_t<F&, const view<S>&>>;
        static_assert(encodable<document>,
                      "sagaflow: no codec for what .status returns; include <sagaflow/json.hpp> and "
                      "describe the type with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
        erased_ = [f = std::move(f)](const void* state, const progress& at) {
            std::string out;
            codec<document>::encode(f(view<S>(*static_cast<const S*>(state), at)), out);
            return out;
        };
    }
    const std::function<std::string(const void*, const progress&)>& erased() const noexcept {
        return erased_;
    }

  private:
    std::function<std::string(const void*, const progress&)> erased_;
};

// A number that can't be left out.
class saga_version {
  public:
    saga_version(int number) : number_(number) {}
    int number() const noexcept { return number_; }

  private:
    int number_;
};

// A saga over the state S: what it remembers. S is stored as JSON; a member added later must be
// optional. Every function in a definition is pure: it may run again, on any thread.
template <class S>
struct saga {
    using state_type = S;

    step_name name;       // stored: never rename one in use
    saga_version version; // raise it with every change of names, kinds, order or types (R15)
    stage_list<S> stages; // sagaflow::stages(…)
    status_function<S> status = {};
    std::optional<duration> timeout = {}; // of the whole saga (R12)
    sagaflow::on_compensation_failure on_compensation_failure = sagaflow::on_compensation_failure::stop;
};

// The definition with its types erased. Throws sagaflow::error(invalid_argument) if it is not
// valid.
template <class S>
std::shared_ptr<const plan> make_plan(const saga<S>& definition) {
    static_assert(encodable<S> && decodable<S>,
                  "sagaflow: no codec for the saga's state; include <sagaflow/json.hpp> and "
                  "describe it with BOOST_DESCRIBE_STRUCT, or specialize sagaflow::codec");
    auto p = std::make_shared<plan>();
    p->name = definition.name.text();
    p->version = definition.version.number();
    p->steps = definition.stages.steps();
    p->decode = [](std::string_view json) {
        return state_ptr(new S(codec<S>::decode(json)), [](void* s) { delete static_cast<S*>(s); });
    };
    p->encode = [](const void* state, std::string& out) {
        codec<S>::encode(*static_cast<const S*>(state), out);
    };
    p->status = definition.status.erased();
    p->timeout = definition.timeout;
    p->compensation_failure = definition.on_compensation_failure;
    validate(*p);
    return p;
}

template <class S>
std::string to_mermaid(const saga<S>& definition) {
    return to_mermaid(*make_plan(definition));
}

} // namespace sagaflow
