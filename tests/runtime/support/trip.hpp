// The saga of these tests: three steps, each booking something. A state, a command and a reply are one word.
#pragma once

#include <sagaflow/saga.hpp>

#include <chrono>
#include <string>

namespace sagaflow::test {

using namespace std::chrono_literals;

struct trip {
    std::string traveller;
};
struct receipt {
    std::string text;
};
struct book {
    static constexpr std::string_view type = "desk.book";
    using reply = receipt;
    std::string traveller;
};
struct release {
    static constexpr std::string_view type = "desk.release";
    using reply = nothing;
    std::string traveller;
};

inline std::string quoted(const std::string& word) {
    return '"' + word + '"';
}
inline std::string unquoted(std::string_view json) {
    if (json.size() < 2 || json.front() != '"') throw error(errc::invalid_argument, "/: not a word");
    return std::string(json.substr(1, json.size() - 2));
}

} // namespace sagaflow::test

namespace sagaflow {

template <>
struct codec<test::trip> {
    static void encode(const test::trip& t, std::string& out) { out += test::quoted(t.traveller); }
    static test::trip decode(std::string_view json) { return {test::unquoted(json)}; }
};
template <>
struct codec<test::receipt> {
    static test::receipt decode(std::string_view) { return {}; }
};
template <>
struct codec<test::book> {
    static void encode(const test::book& b, std::string& out) { out += test::quoted(b.traveller); }
};
template <>
struct codec<test::release> {
    static void encode(const test::release& r, std::string& out) { out += test::quoted(r.traveller); }
};

} // namespace sagaflow

namespace sagaflow::test {

inline step<trip, book> booking(const char* name) {
    return {.name = name,
            .send = [](const trip& t) { return book{t.traveller}; },
            .on_reply = [](trip&, const receipt&) {},
            .compensate = [](const trip& t) { return release{t.traveller}; },
            .timeout = 1h};
}

inline saga<trip> a_trip(int version = 1) {
    return {.name = "trip",
            .version = version,
            .stages = stages(booking("flight"), booking("hotel"), booking("car"))};
}

// A definition of one step, for tests that do not need more.
inline saga<trip> a_walk(int version = 1) {
    return {.name = "walk", .version = version, .stages = stages(booking("shoes"))};
}

} // namespace sagaflow::test
