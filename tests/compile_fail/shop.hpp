// What the cases have in common: a state, commands, and a step of each kind that is right.
#pragma once

#include <sagaflow/saga.hpp>

#include <string>

struct order {
    std::string id;
};
struct other_order {
    std::string id;
};
struct reserve {
    static constexpr std::string_view type = "stock.reserve";
    using reply = sagaflow::nothing;
};
struct release {
    static constexpr std::string_view type = "stock.release";
    using reply = sagaflow::nothing;
};

// A type that is stored or sent without a codec.
struct undescribed {
    std::string text;
};

template <class T>
struct empty_codec {
    static void encode(const T&, std::string& out) { out += "{}"; }
    static T decode(std::string_view) { return {}; }
};
template <>
struct sagaflow::codec<order> : empty_codec<order> {};
template <>
struct sagaflow::codec<other_order> : empty_codec<other_order> {};
template <>
struct sagaflow::codec<reserve> : empty_codec<reserve> {};
template <>
struct sagaflow::codec<release> : empty_codec<release> {};

template <class State = order>
sagaflow::step<State, reserve> a_step() {
    return {.name = "reserve-stock",
            .send = [](const State&) { return reserve{}; },
            .compensate = [](const State&) { return release{}; }};
}
inline sagaflow::pivot<order, reserve> a_pivot() {
    return {.name = "take-stock", .send = [](const order&) { return reserve{}; }};
}
inline sagaflow::retriable<order, reserve> a_retriable() {
    return {.name = "tell-stock", .send = [](const order&) { return reserve{}; }};
}
