// Small sagas to test the machine with. Every step sends the same command, which carries the saga's notes if
// it has any, so that a transcript shows what the state was.
#pragma once

#include <sagaflow/testing.hpp>

#include <stdexcept>
#include <string>
#include <utility>

#include <boost/json.hpp>

namespace sagaflow::core::test {

using namespace std::chrono_literals;

struct memo {
    std::string notes = {};
    bool vip = false;
};
struct word {
    std::string text;
};
struct act {
    static constexpr std::string_view type = "svc.act";
    using reply = word;
    std::string notes;
};
struct undo {
    static constexpr std::string_view type = "svc.undo";
    using reply = nothing;
    std::string notes;
};

inline std::string text_of(std::string_view json, const char* member) {
    const auto tree = boost::json::parse(json);
    const auto* text = tree.as_object().if_contains(member);
    return text ? std::string(text->as_string()) : std::string();
}
inline void write_notes(std::string& out, const std::string& notes) {
    out += notes.empty() ? "{}" : boost::json::serialize(boost::json::object{{"notes", notes}});
}

} // namespace sagaflow::core::test

namespace sagaflow {

template <>
struct codec<core::test::memo> {
    static void encode(const core::test::memo& m, std::string& out) {
        out += boost::json::serialize(boost::json::object{{"notes", m.notes}, {"vip", m.vip}});
    }
    static core::test::memo decode(std::string_view json) {
        const auto tree = boost::json::parse(json);
        const auto* vip = tree.as_object().if_contains("vip");
        return {core::test::text_of(json, "notes"), vip && vip->as_bool()};
    }
};
template <>
struct codec<core::test::word> {
    static core::test::word decode(std::string_view json) { return {core::test::text_of(json, "text")}; }
};
template <>
struct codec<core::test::act> {
    static void encode(const core::test::act& c, std::string& out) { core::test::write_notes(out, c.notes); }
};
template <>
struct codec<core::test::undo> {
    static void encode(const core::test::undo& c, std::string& out) { core::test::write_notes(out, c.notes); }
};

} // namespace sagaflow

namespace sagaflow::core::test {

// Takes {"text":"x"} into the notes; "bad" is what it can't take.
inline void take(memo& m, const word& w) {
    m.notes += w.text;
    if (w.text == "bad") throw std::runtime_error("no room");
}
inline act make_act(const memo& m) {
    return {m.notes};
}
inline undo make_undo(const memo& m) {
    return {m.notes};
}

// Each with a timeout of 10 s and two attempts, the second after at most 1 s; a compensation likewise, with
// 20 s.
inline step<memo, act> a_step(const char* name) {
    return {.name = name,
            .send = make_act,
            .on_reply = take,
            .compensate = make_undo,
            .timeout = 10s,
            .retry = {.attempts = 2, .first_delay = 1s, .max_delay = 1s},
            .compensation_timeout = 20s,
            .compensation_retry = {.attempts = 2, .first_delay = 1s, .max_delay = 1s}};
}
inline pivot<memo, act> a_pivot(const char* name) {
    return {.name = name,
            .send = make_act,
            .on_reply = take,
            .timeout = 10s,
            .retry = {.attempts = 2, .first_delay = 1s, .max_delay = 1s}};
}
inline retriable<memo, act> a_retriable(const char* name) {
    return {.name = name,
            .send = make_act,
            .on_reply = take,
            .timeout = 10s,
            .retry = {.attempts = 2, .first_delay = 1s, .max_delay = 1s}};
}

template <class... Stages>
saga<memo> saga_of(const Stages&... all) {
    return {.name = "trip", .version = 1, .stages = stages(all...)};
}

#define EXPECT_GOES(definition, transcript) \
    EXPECT_EQ(::sagaflow::testing::check(definition, ::sagaflow::core::test::memo{}, transcript), "")

} // namespace sagaflow::core::test
