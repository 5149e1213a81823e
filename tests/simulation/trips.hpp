// The definitions that are simulated here: together they have every kind of step and every option.
#pragma once

#include <sagaflow/testing.hpp>

#include <string>
#include <vector>

#include <boost/json.hpp>

namespace trips {

using namespace std::chrono_literals;

struct trip {
    std::string who = {};
    std::string booked = {}; // what the replies told
};
struct booking {
    std::string number = {};
};
struct book {
    static constexpr std::string_view type = "hotels.book";
    using reply = booking;
    std::string who, booked;
};
struct cancel {
    static constexpr std::string_view type = "flights.cancel";
    using reply = sagaflow::nothing;
    std::string who;
};

inline std::string text_of(std::string_view json, const char* member) {
    const auto tree = boost::json::parse(json);
    return std::string(tree.at(member).as_string());
}

} // namespace trips

template <>
struct sagaflow::codec<trips::trip> {
    static void encode(const trips::trip& t, std::string& out) {
        out += R"({"who":")" + t.who + R"(","booked":")" + t.booked + "\"}";
    }
    static trips::trip decode(std::string_view json) {
        return {trips::text_of(json, "who"), trips::text_of(json, "booked")};
    }
};
template <>
struct sagaflow::codec<trips::booking> {
    static void encode(const trips::booking& b, std::string& out) {
        out += R"({"number":")" + b.number + "\"}";
    }
    static trips::booking decode(std::string_view json) { return {trips::text_of(json, "number")}; }
};
template <>
struct sagaflow::codec<trips::book> {
    static void encode(const trips::book& b, std::string& out) {
        out += R"({"who":")" + b.who + R"(","booked":")" + b.booked + "\"}";
    }
    static trips::book decode(std::string_view json) {
        return {trips::text_of(json, "who"), trips::text_of(json, "booked")};
    }
};
template <>
struct sagaflow::codec<trips::cancel> {
    static void encode(const trips::cancel& c, std::string& out) { out += R"({"who":")" + c.who + "\"}"; }
    static trips::cancel decode(std::string_view json) { return {trips::text_of(json, "who")}; }
};

namespace trips {

inline const sagaflow::retry_policy three_times = {.attempts = 3, .first_delay = 200ms, .max_delay = 2s};

inline book make_book(const trip& t) {
    return {t.who, t.booked};
}
inline void take(trip& t, const booking& b) {
    t.booked += b.number;
}

inline sagaflow::step<trip, book> bookable(const char* name) {
    return {.name = name,
            .send = make_book,
            .on_reply = take,
            .compensate = [](const trip& t) { return cancel{t.who}; },
            .timeout = 3s,
            .retry = three_times,
            .compensation_timeout = 3s,
            .compensation_retry = three_times};
}

// Stages of several, a pivot, retriables, a condition, a rejection that is taken.
inline sagaflow::saga<trip> whole() {
    auto insurance = bookable("insurance");
    insurance.on_rejected = [](trip& t, const sagaflow::rejection&) { t.booked += "uninsured"; };
    auto lounge = bookable("lounge");
    lounge.when = [](const trip& t) { return t.who == "ada"; };
    const sagaflow::pivot<trip, book> pay = {
        .name = "pay", .send = make_book, .on_reply = take, .timeout = 3s, .retry = three_times};
    const sagaflow::retriable<trip, book> ticket = {
        .name = "ticket", .send = make_book, .on_reply = take, .timeout = 3s, .retry = three_times};
    const sagaflow::retriable<trip, book> mail = {
        .name = "mail", .send = make_book, .on_reply = take, .timeout = 3s};
    return {.name = "trip",
            .version = 1,
            .stages =
                sagaflow::stages(bookable("hotel"), sagaflow::parallel(bookable("flight"), insurance, lounge),
                                 pay, sagaflow::parallel(ticket, mail)),
            .status = [](const sagaflow::view<trip>& v) { return booking{v.state().booked}; },
            .timeout = std::chrono::minutes(10)};
}

// Only what can be undone, and it is undone whatever fails.
inline sagaflow::saga<trip> undoable() {
    auto note = bookable("note");
    note.compensate = sagaflow::nothing_to_compensate;
    return {.name = "trip",
            .version = 1,
            .stages = sagaflow::stages(sagaflow::parallel(bookable("hotel"), bookable("flight"), note),
                                       bookable("car")),
            .on_compensation_failure = sagaflow::on_compensation_failure::go_on};
}

inline sagaflow::testing::simulation simulated(const sagaflow::saga<trip>& definition) {
    sagaflow::testing::simulation world(definition, std::vector<trip>{{.who = "ada"}, {.who = "bob"}});
    world.answer<book>([](const book& b) { return booking{"<" + b.who + ">"}; });
    return world;
}

} // namespace trips
